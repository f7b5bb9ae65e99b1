"""The training of an extractor, against the same training written by hand."""

from math import cos, pi

import pytest
import torch
import torch.nn.functional as F

from gan_lab.extractor.augmentation import two_views
from gan_lab.extractor.recipe import (
    AGREEMENT,
    REDUNDANCY,
    REDUNDANCY_ALONE,
    agreement,
    epochs_for,
    loss_of,
    settle_statistics,
    train_network,
)
from gan_lab.metric.extractor.pooled_network import PooledNetwork
from gan_lab.noise import seed_of
from tests.present import present

IMAGES = torch.randint(256, (10, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(10) % 3


def by_hand(epochs: int, batch_size: int, lr: float, seed: int) -> PooledNetwork:
    """Its learning rate is set anew in each step, to a half cosine's; correlations are covariances over deviations."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(seed, "extractor"))
        classifier = PooledNetwork(channels=1, classes=3)
        optimizer = torch.optim.AdamW(classifier.parameters(), lr=lr)
        total = epochs * -(-10 // batch_size)
        step = 0
        for _ in range(epochs):
            order = torch.randperm(10)
            for start in range(0, 10, batch_size):
                chosen = order[start : start + batch_size]
                views = two_views(IMAGES[chosen] / 255, torch.default_generator)
                features, logits = classifier.extract(torch.cat(views))
                both = features.view(2, len(chosen), classifier.dim)
                spread = (both.var(1, correction=0) + 1e-8).sqrt()
                products = torch.einsum("bi,bj->ij", *(both - both.mean(1, keepdim=True)).unbind())
                across = products / len(chosen) / torch.outer(*spread)
                other = ~torch.eye(classifier.dim, dtype=torch.bool)
                apart, redundant = (1 - across.diagonal()).mean(), across[other].square().mean()
                loss = F.cross_entropy(present(logits), torch.cat([LABELS[chosen]] * 2))
                optimizer.param_groups[0]["lr"] = lr * (1 + cos(pi * step / total)) / 2
                optimizer.zero_grad()
                (loss + AGREEMENT * apart + REDUNDANCY * redundant).backward()
                optimizer.step()
                step += 1
    return classifier


def test_statistics_are_those_of_the_images() -> None:
    images = torch.randint(256, (90, 1, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    classifier = PooledNetwork(channels=1, classes=3)
    classifier.extract(torch.rand(4, 1, 8, 8))  # other statistics, to be forgotten
    weights = [parameter.clone() for parameter in classifier.parameters()]
    settle_statistics(classifier, images)
    first = classifier.conv1(images / 255)
    first = F.max_pool2d(first, 2).transpose(0, 1).flatten(1)
    torch.testing.assert_close(classifier.norm1.running_mean, first.mean(1))
    torch.testing.assert_close(classifier.norm1.running_var, first.var(1))
    features = classifier.extract(images / 255)[0]
    torch.testing.assert_close(classifier.eval().extract(images / 255)[0], features, rtol=0.01, atol=0.02)
    assert all(map(torch.equal, weights, classifier.parameters()))


def test_agreement_is_known_for_features_that_are_equal_opposite_or_constant() -> None:
    wave = torch.tensor([1.0, -1.0, 1.0, -1.0])
    other = torch.tensor([1.0, 1.0, -1.0, -1.0])
    apart, redundant = agreement(torch.stack([wave, other], 1), torch.stack([3 * wave + 7, other], 1))
    assert (apart.item(), redundant.item()) == (pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))
    apart, redundant = agreement(torch.stack([wave, wave], 1), torch.stack([-wave, wave], 1))
    assert (apart.item(), redundant.item()) == (pytest.approx(1), pytest.approx(1))
    constant = torch.stack([wave, torch.ones(4)], 1)
    apart, redundant = agreement(constant, constant)
    assert (apart.item(), redundant.item()) == (pytest.approx(0.5), pytest.approx(0, abs=1e-6))


def test_without_labels_the_loss_is_the_agreement_alone() -> None:
    """Correlations across views are a block of the correlations of all features of both."""
    network = PooledNetwork(channels=1, classes=0)
    views = torch.cat(two_views(IMAGES / 255, torch.Generator().manual_seed(0)))
    features, logits = network.extract(views)
    assert logits is None
    kept = features.std(0) > 1e-3  # corrcoef has no value for a constant
    assert kept.sum() > 300
    across = torch.cat(features.chunk(2), 1).T.corrcoef().nan_to_num()[: network.dim, network.dim :]
    other = ~torch.eye(network.dim, dtype=torch.bool)
    by_hand = AGREEMENT * (1 - across.diagonal()).mean() + REDUNDANCY_ALONE * across[other].square().mean()
    torch.testing.assert_close(loss_of(network, views, None), by_hand, rtol=1e-3, atol=0)


def test_training_without_labels_makes_views_agree() -> None:
    def disagreement(network: PooledNetwork) -> float:
        views = torch.cat(two_views(images / 255, torch.Generator().manual_seed(7)))
        return agreement(*network.extract(views)[0].detach().chunk(2))[0].item()

    images = torch.randint(256, (60, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    settings = {"classes": 0, "batch_size": 30, "seed": 0}
    short, long = (train_network(images, None, lr=lr, epochs=20, **settings) for lr in (1e-6, 2e-3))
    assert long.last is None
    assert disagreement(long) < 0.5 * disagreement(short)


@pytest.mark.parametrize(("epochs", "batch_size"), [(2, 5), (1, 6), (2, 64)])
def test_it_is_adamw_on_its_loss_along_a_half_cosine(epochs: int, batch_size: int) -> None:
    settings = {"epochs": epochs, "batch_size": batch_size, "seed": 3}
    before = torch.get_rng_state()
    found = train_network(IMAGES, LABELS, classes=3, lr=1e-3, **settings)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()
    assert not found.training
    for mine, own in zip(found.parameters(), by_hand(lr=1e-3, **settings).parameters(), strict=True):
        # Adam divides tiny gradients by themselves, rounding included: a few weights differ by parts of the step.
        assert (mine - own).abs().mean() < 5e-5


def test_a_seed_decides_everything() -> None:
    one, two, other = (
        train_network(IMAGES, LABELS, classes=3, epochs=1, batch_size=4, lr=0.01, seed=seed).conv5.weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("images", "batch_size", "epochs"),
    [(6_400, 256, 8), (6_145, 256, 8), (6_144, 256, 9), (5_700, 256, 9), (256, 256, 200), (257, 256, 100)],
)
def test_at_least_eight_epochs_and_two_hundred_steps(images: int, batch_size: int, epochs: int) -> None:
    assert epochs_for(images, batch_size, labelled=True) == epochs


@pytest.mark.parametrize(("images", "epochs"), [(50_000, 1), (29_901, 1), (29_900, 2), (100, 300)])
def test_without_labels_at_least_one_epoch_and_three_hundred_steps(images: int, epochs: int) -> None:
    assert epochs_for(images, 100, labelled=False) == epochs
