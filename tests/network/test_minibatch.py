"""What shows a critic the variety of its batch."""

from math import pi
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.network.base import Critic
from gan_lab.network.dcgan import DCGANCritic
from gan_lab.network.minibatch import MinibatchDiscrimination, MinibatchStddev, group_size
from gan_lab.network.mlp import MLPCritic
from tests.fixtures import BuildModel
from tests.short_runs import fit

KINDS = ["stddev", "discrimination"]
SMALL: dict[str, Any] = {"shape": (1, 8, 8), "outputs": 1, "norm": "none", "activation": "leaky_relu", "dropout": 0.0}


def mlp_critic(**changes: Any) -> MLPCritic:
    return MLPCritic(**(SMALL | {"hidden": (16,)} | changes))


def dcgan_critic(**changes: Any) -> DCGANCritic:
    return DCGANCritic(**(SMALL | {"width": 4} | changes))


CRITICS = pytest.mark.parametrize("make", [mlp_critic, dcgan_critic])


def deviation(features: Tensor) -> Tensor:
    return MinibatchStddev()(features)[:, features.shape[1] :]


def test_equal_samples_have_no_deviation_but_the_root_of_the_epsilon() -> None:
    torch.testing.assert_close(deviation(torch.randn(1, 5).repeat(8, 1)), torch.full((8, 1), 1e-4))
    torch.testing.assert_close(deviation(torch.randn(1, 5)), torch.full((1, 1), 1e-4))


def test_the_deviation_against_loops() -> None:
    features = torch.randn(12, 5)
    found = deviation(features)
    for i in range(12):
        group = [features[j] for j in range(12) if j % 3 == i % 3]
        assert len(group) == 4
        deviations = []
        for f in range(5):
            values = [sample[f].item() for sample in group]
            mean = sum(values) / 4
            deviations.append((sum((value - mean) ** 2 for value in values) / 4 + 1e-8) ** 0.5)
        assert found[i].item() == pytest.approx(sum(deviations) / 5, rel=1e-5)


@pytest.mark.parametrize(
    ("batch", "size"),
    [(64, 4), (4, 4), (6, 6), (9, 9), (10, 5), (22, 11), (15, 5), (7, 7), (61, 61), (3, 3), (2, 2), (1, 1)],
)
def test_groups_divide_the_batch_and_no_sample_is_alone(batch: int, size: int) -> None:
    assert group_size(batch) == size
    assert deviation(torch.randn(batch, 3)).unique().numel() == batch // size


def test_a_constant_batch_has_a_finite_gradient() -> None:
    features = torch.zeros(8, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(deviation(features).sum(), features)
    assert gradient.isfinite().all()


def test_equal_samples_count_all_others_and_far_ones_nobody() -> None:
    layer = MinibatchDiscrimination(5)
    assert layer.added == 100
    torch.testing.assert_close(layer.numbers(torch.randn(1, 5).repeat(8, 1)), torch.full((8, 100), 7.0))
    far = 1e4 * torch.arange(8.0)[:, None] * torch.randn(1, 5)
    torch.testing.assert_close(layer.numbers(far), torch.zeros(8, 100))
    torch.testing.assert_close(layer.numbers(torch.randn(1, 5)), torch.zeros(1, 100))


@pytest.mark.parametrize("batch", [2, 16, 65])
def test_discrimination_against_loops(batch: int) -> None:
    layer, features = MinibatchDiscrimination(5, kernels=3, dims=2), torch.randn(batch, 5)
    maps = layer.weight.detach().view(5, 3, 2)
    expected = torch.zeros(batch, 3)
    for i in range(batch):
        for j in range(batch):
            for k in range(3):
                if i != j:
                    expected[i, k] += torch.exp(-((features[i] - features[j]) @ maps[:, k]).abs().sum())
    torch.testing.assert_close(layer.numbers(features), expected, rtol=1e-4, atol=1e-5)


def test_discrimination_follows_the_order_of_its_batch() -> None:
    layer, features, order = MinibatchDiscrimination(5), torch.randn(20, 5), torch.randperm(20)
    torch.testing.assert_close(layer(features)[order], layer(features[order]))


@pytest.mark.parametrize("features", [16, 1024])
def test_distances_start_at_4_times_the_mean_difference_of_features(features: int) -> None:
    layer = MinibatchDiscrimination(features, kernels=5000)
    a, b = torch.randn(features), torch.randn(features)
    distance = ((a - b) @ layer.weight.detach()).view(5000, 5).abs().sum(1).mean()
    difference = (a - b).square().mean().sqrt().item()
    assert distance.item() == pytest.approx(5 * (2 / pi) ** 0.5 * difference, rel=0.05)


@pytest.mark.parametrize("layer", [MinibatchStddev(), MinibatchDiscrimination(5)])
def test_numbers_are_appended_and_never_in_half_precision(layer: Any) -> None:
    features = torch.randn(64, 5).bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = layer(features)
    assert found.dtype == torch.float32
    assert found.shape == (64, 5 + layer.added)
    assert found[:, :5].equal(features.float())
    torch.testing.assert_close(found[:, 5:], layer.numbers(features.float()))


@CRITICS
@pytest.mark.parametrize("kind", ["none", *KINDS])
@pytest.mark.parametrize("norm", ["none", "layer", "spectral"])
def test_the_critic_says_whether_a_score_depends_on_others(make: Any, kind: str, norm: str) -> None:
    critic: Critic = make(batch_statistics=kind, norm=norm)
    critic(torch.randn(8, 1, 8, 8))
    critic.eval()  # the power iteration of spectral norm moves with every pass
    images = torch.randn(8, 1, 8, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic(images).score[0].sum(), images)
    assert critic.couples_samples == (kind != "none")
    assert (gradient[1:].abs().sum() > 0) == critic.couples_samples


@CRITICS
@pytest.mark.parametrize("kind", KINDS)
def test_features_are_those_of_single_samples(make: Any, kind: str) -> None:
    critic, images = make(batch_statistics=kind), torch.randn(8, 1, 8, 8)
    torch.manual_seed(0)
    whole, part = critic(images), critic(images[:2])
    torch.testing.assert_close(whole.features[:2], part.features)
    assert not torch.allclose(whole.score[:2], part.score)
    torch.testing.assert_close(critic.head(whole.features), whole.score)


@CRITICS
def test_without_them_weights_are_drawn_as_they_always_were(make: Any) -> None:
    critics, next_draws = [], []
    for changes in ({}, {"batch_statistics": "none"}, {"batch_statistics": "stddev"}):
        torch.manual_seed(0)
        critics.append(make(**changes))
        next_draws.append(torch.rand(1))
    default, none, stddev = (critic.state_dict() for critic in critics)
    assert isinstance(critics[0].head, nn.Linear)
    assert default.keys() == none.keys()
    assert all(default[name].equal(none[name]) for name in default)
    assert next_draws[0] == next_draws[1]
    assert stddev["head.1.weight"].shape[1] == none["head.weight"].shape[1] + 1


@CRITICS
@pytest.mark.parametrize("kind", KINDS)
def test_under_spectral_norm_the_last_layer_is_still_normalised(make: Any, kind: str) -> None:
    critic = make(norm="spectral", batch_statistics=kind)
    layers = [layer for layer in critic.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    assert layers
    assert all(nn.utils.parametrize.is_parametrized(layer, "weight") for layer in layers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", ["wgan_gp", "gan_r1"])
def test_penalties_on_single_samples_are_refused(build_model: BuildModel, model: str, kind: str) -> None:
    with pytest.raises(GanLabError, match="differentiates each score by its own sample"):
        build_model(f"model={model}", "data=ring", f"model.critic.batch_statistics={kind}")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", ["gan", "sngan", "rsgan"])
def test_three_rounds_are_finite_and_train_what_weighs_the_statistics(
    build_model: BuildModel, model: str, kind: str
) -> None:
    built = build_model(f"model={model}", "data=ring", f"model.critic.batch_statistics={kind}")
    statistics, last = built.critic.head
    before = [
        last.weight[:, -statistics.added :].detach().clone(),
        *(p.detach().clone() for p in statistics.parameters()),
    ]
    fit(built, rounds=3)
    after = [last.weight[:, -statistics.added :], *statistics.parameters()]
    assert all(not new.equal(old) for new, old in zip(after, before, strict=True))
    assert all(p.isfinite().all() for p in built.parameters())
    assert all(turn.terms.diagnostics["loss"].isfinite() for turn in built.played)


@pytest.mark.parametrize("kind", KINDS)
def test_reals_and_fakes_are_never_in_one_batch(build_model: BuildModel, kind: str) -> None:
    model = build_model("model=gan", "data=ring", f"model.critic.batch_statistics={kind}")
    real = torch.randn(8, 2)
    first, second = (model.judge_both(real, fake)[0].score for fake in (torch.zeros(8, 2), torch.full((8, 2), 50.0)))
    assert first.equal(second)


def test_what_is_no_statistic_is_refused(build_model: BuildModel) -> None:
    with pytest.raises(GanLabError, match="batch_statistics"):
        build_model("model=gan", "data=ring", "model.critic.batch_statistics=variance")
