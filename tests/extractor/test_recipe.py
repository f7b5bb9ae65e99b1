"""The training of an extractor, against the same training written by hand."""

from math import cos, pi

import pytest
import torch
import torch.nn.functional as F

from gan_lab.extractor.recipe import epochs_for, train_classifier
from gan_lab.metric.extractor.convnet import ConvClassifier
from gan_lab.noise import seed_of

IMAGES = torch.randint(256, (10, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(10) % 3


def by_hand(epochs: int, batch_size: int, lr: float, seed: int) -> ConvClassifier:
    """Its learning rate is set anew in each step, to a half cosine's."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(seed, "extractor"))
        classifier = ConvClassifier(channels=1, height=4, width=4, classes=3)
        optimizer = torch.optim.AdamW(classifier.parameters(), lr=lr)
        total = epochs * -(-10 // batch_size)
        step = 0
        for _ in range(epochs):
            order = torch.randperm(10)
            for start in range(0, 10, batch_size):
                chosen = order[start : start + batch_size]
                optimizer.param_groups[0]["lr"] = lr * (1 + cos(pi * step / total)) / 2
                optimizer.zero_grad()
                F.cross_entropy(classifier(IMAGES[chosen] / 255), LABELS[chosen]).backward()
                optimizer.step()
                step += 1
    return classifier


@pytest.mark.parametrize(("epochs", "batch_size"), [(2, 4), (1, 10), (3, 64)])
def test_it_is_adamw_on_cross_entropy_along_a_half_cosine(epochs: int, batch_size: int) -> None:
    settings = {"epochs": epochs, "batch_size": batch_size, "seed": 3}
    before = torch.get_rng_state()
    found = train_classifier(IMAGES, LABELS, classes=3, lr=0.01, **settings)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()
    assert not found.training
    for mine, own in zip(found.parameters(), by_hand(lr=0.01, **settings).parameters(), strict=True):
        torch.testing.assert_close(mine, own, atol=1e-6, rtol=1e-5)


def test_a_seed_decides_everything() -> None:
    one, two, other = (
        train_classifier(IMAGES, LABELS, classes=3, epochs=1, batch_size=4, lr=0.01, seed=seed).last.weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("images", "batch_size", "epochs"),
    [(12_800, 256, 8), (12_801, 256, 8), (12_544, 256, 9), (12_288, 256, 9), (256, 256, 400), (257, 256, 200)],
)
def test_at_least_eight_epochs_and_four_hundred_steps(images: int, batch_size: int, epochs: int) -> None:
    assert epochs_for(images, batch_size) == epochs
