"""Scores together with the slopes between the samples, against one after the other by torch's own derivatives."""

from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.model.base import AdversarialModule
from gan_lab.network.mlp import MLPCritic
from gan_lab.penalty.base import input_gradient
from tests.fixtures import BuildModel
from tests.golden.record import double, ring
from tests.short_runs import trainer

PLAIN: dict[str, Any] = {
    "shape": (1, 3, 2),
    "outputs": 1,
    "hidden": (7, 5, 6),
    "norm": "none",
    "activation": "leaky_relu",
    "dropout": 0.0,
}


def critic(**changes: Any) -> MLPCritic:
    torch.manual_seed(0)
    return MLPCritic(**(PLAIN | changes)).double()


def samples() -> tuple[Tensor, Tensor, Tensor]:
    """Reals, fakes, and a share for each pair."""
    random = torch.Generator().manual_seed(1)
    real, fake = torch.randn(2, 9, 1, 3, 2, generator=random, dtype=torch.double)
    return real, fake, torch.rand(9, 1, 1, 1, generator=random, dtype=torch.double)


@pytest.mark.parametrize("activation", ["leaky_relu", "relu"])
@pytest.mark.parametrize("hidden", [(7,), (7, 5), (7, 5, 6)])
def test_values_and_gradients_are_torchs(activation: str, hidden: tuple[int, ...]) -> None:
    network = critic(activation=activation, hidden=hidden)
    real, fake, share = samples()
    both, slopes = network.scores_and_slopes(real, fake, share)
    apart = network(torch.cat([real, fake]))
    one_by_one = input_gradient(network, share * real + (1 - share) * fake)
    found = []
    for score, features, slope in ((both.score, both.features, slopes), (apart.score, apart.features, one_by_one)):
        cost = score.sigmoid().sum() + features.square().mean() + (slope.norm(dim=1) - 1).square().mean()
        found.append([score, features, slope, *torch.autograd.grad(cost, [*network.parameters()])])
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("of", ["score", "slopes"])
def test_each_result_alone_has_the_right_gradient(of: str) -> None:
    network = critic()
    real, fake, share = samples()
    both, slopes = network.scores_and_slopes(real, fake, share)
    mine = both.score if of == "score" else slopes
    at = share * real + (1 - share) * fake
    theirs = network(torch.cat([real, fake])).score if of == "score" else input_gradient(network, at)
    found = [
        torch.autograd.grad(result.square().sum(), [*network.parameters()], materialize_grads=True)
        for result in (mine, theirs)
    ]
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {"norm": "layer"},
        {"norm": "batch"},
        {"norm": "spectral"},
        {"activation": "silu"},
        {"dropout": 0.5},
        {"outputs": 2},
        {"projection": True},
        {"batch_statistics": "stddev"},
    ],
)
def test_other_critics_do_not_have_it(changes: dict[str, Any]) -> None:
    assert critic().gives_slopes
    assert not critic(**changes).gives_slopes


def weights_after(model: AdversarialModule, rounds: int) -> tuple[list[Tensor], int]:
    """The weights after so many rounds, and how many critic turns had the slopes with the scores."""
    together = 0
    judge = model.judge_with_slopes

    def counted(*args: Any) -> Any:
        nonlocal together
        found = judge(*args)
        together += found is not None
        return found

    model.judge_with_slopes = counted  # type: ignore[assignment, method-assign]
    model.run_length = rounds
    trainer().fit(model, datamodule=ring())
    return [p.detach().clone() for p in model.parameters()], together


@pytest.mark.parametrize(
    ("choice", "shared"),
    [
        (("model=wgan_gp",), True),
        (("model=wgan_lp", "model.packing=2"), True),
        (("model=wgan_div",), True),
        (("model=wgan_gp", "loss=hinge"), True),
        (("model=bwgan",), False),  # its penalty is of a scaled score
        (("model=wgan_gp", "penalty=[gradient,r1]"), False),
        (("model=gan_r1",), False),
    ],
)
def test_training_is_the_same_with_it_and_without(
    build_model: BuildModel, monkeypatch: pytest.MonkeyPatch, choice: tuple[str, ...], shared: bool
) -> None:
    """Random numbers included: all of them are drawn in the same order."""
    found = []
    with double():
        for with_it in (True, False):
            with monkeypatch.context() as patch:
                if not with_it:
                    patch.setattr(MLPCritic, "gives_slopes", property(lambda self: False))
                torch.manual_seed(0)
                model: AdversarialModule = build_model(*choice, "data=ring")
                weights, together = weights_after(model, 2)
                assert together == (2 * model.n_critic if shared and with_it else 0)
                found.append(weights)
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-7, atol=1e-10)
