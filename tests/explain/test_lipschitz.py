"""Clipping against penalty, on a short training."""

from collections.abc import Callable

import pytest
import torch

from gan_lab.build import build
from gan_lab.errors import GanLabError
from gan_lab.explain.lipschitz import Lipschitz, slope
from tests.fixtures import Compose

SHORT = (
    "lipschitz.steps=300",
    "lipschitz.points=400",
    "lipschitz.critic.hidden=[32,32]",
    "lipschitz.data.batch_size=128",
)


@pytest.fixture
def lipschitz(composed: Compose) -> Callable[..., Lipschitz]:
    def make(*overrides: str) -> Lipschitz:
        torch.manual_seed(0)
        return build(composed(*SHORT, *overrides, root="explain")["lipschitz"], "lipschitz")

    return make


@pytest.mark.slow
def test_penalties_hold_the_norm_at_1_and_clipping_piles_weights_up(lipschitz: Callable[..., Lipschitz]) -> None:
    numbers = lipschitz().explain().numbers
    clipping, *penalties = (numbers["critics"][name] for name in ("clipping", "two_sided", "one_sided"))
    assert penalties[0]["slope_lines"] == pytest.approx(1, abs=0.1)
    assert penalties[0]["slope_lines_std"] < 0.3
    assert penalties[1]["slope_lines"] < 1.05  # one-sided: smaller ones are left alone
    for critic in penalties:
        assert critic["weights_at_limit"] < 0.05
        assert critic["estimate"] < critic["slope_largest"] * numbers["emd"]  # W is the largest for slopes up to 1
    assert clipping["weight_largest"] <= 0.01
    assert clipping["weights_at_limit"] > 0.5
    assert clipping["slope_largest"] <= 0.01**3 * 2**0.5 * 32 * 32  # the product of the layers' largest norms
    assert penalties[1]["estimate"] > 0.7 * numbers["emd"]
    assert clipping["estimate"] < 0.01 * numbers["emd"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers_and_another_others(lipschitz: Callable[..., Lipschitz]) -> None:
    once, again, other = (
        lipschitz("lipschitz.steps=5", f"seed={seed}").explain().numbers["critics"]["two_sided"] for seed in (1, 1, 2)
    )
    assert once == again
    assert once["estimate"] != other["estimate"]


def test_slope_of_a_critic_against_finite_differences(lipschitz: Callable[..., Lipschitz]) -> None:
    critic, at, step = lipschitz().critic.double(), torch.randn(20, 2), 1e-6
    moves = step * torch.eye(2, dtype=torch.float64)
    with torch.no_grad():
        differences = [critic(at + move).score - critic(at - move).score for move in moves]
    expected = torch.cat(differences, dim=1).norm(dim=1) / (2 * step)
    torch.testing.assert_close(slope(critic.float(), at).double(), expected, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("lipschitz.critic.shape=[1,28,28]", "level sets need data of shape"),
        ("lipschitz.critic.outputs=2", "with one output"),
        ("lipschitz.critic.norm=batch", "no batch norm"),
        ("lipschitz.noise=0", "noise, steps and points must be above 0"),
        ("lipschitz.steps=0", "must be above 0"),
        ("lipschitz.clipping.limit=0", "limit above 0"),
    ],
)
def test_refusals(lipschitz: Callable[..., Lipschitz], override: str, sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        lipschitz(override)


@pytest.mark.parametrize(
    ("lr", "sentence"),
    [("-1", "lipschitz.optimizer: Invalid learning rate"), ("1e30", "a critic of lipschitz diverged")],
)
def test_learning_rates_that_cannot_be_right(lipschitz: Callable[..., Lipschitz], lr: str, sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        lipschitz(f"lipschitz.optimizer.lr={lr}", "lipschitz.steps=20").explain()
