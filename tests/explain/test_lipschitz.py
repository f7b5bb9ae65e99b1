"""Clipping against penalty, on a short training."""

from collections.abc import Callable

import pytest
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from gan_lab.build import build
from gan_lab.errors import GanLabError
from gan_lab.explain.lipschitz import Lipschitz, all_weights, draw_sizes, plane, slope
from gan_lab.network.base import Critic
from gan_lab.types import CriticOutput
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
        ("lipschitz.noise=0", "lipschitz.noise is 0 and must be a number above 0"),
        ("lipschitz.noise=-1", "lipschitz.noise is -1 and must be a number above 0"),
        ("lipschitz.steps=0", "must be a whole number of 1 or more"),
        ("lipschitz.points=0", "must be a whole number of 1 or more"),
        ("lipschitz.clipping.limit=0", "limit is 0 and must be a number above 0"),
    ],
)
def test_refusals(lipschitz: Callable[..., Lipschitz], override: str, sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        lipschitz(override)


@pytest.mark.parametrize(
    ("lr", "sentence"),
    [("-1", "lipschitz.optimizer.lr is -1 and must be a number above 0"), ("1e30", "a critic of lipschitz diverged")],
)
def test_learning_rates_that_cannot_be_right(lipschitz: Callable[..., Lipschitz], lr: str, sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        lipschitz(f"lipschitz.optimizer.lr={lr}", "lipschitz.steps=20").explain()


def test_a_grid_of_points_covers_the_square() -> None:
    assert plane(2.0, 3).tolist() == [[x, y] for x in (-2, 0, 2) for y in (-2, 0, 2)]


def test_sizes_are_shares_in_ten_bins_a_decade() -> None:
    panel = Figure().subplots()
    draw_sizes(panel, torch.tensor([0.0, 1e-9, 1.0, 1.02, 500.0]), color="red")
    (bars,) = panel.containers
    heights = [bar.get_height() for bar in bars]
    assert len(heights) == 61
    assert sum(heights) == pytest.approx(1)
    assert (heights[0], heights[50], heights[-1]) == pytest.approx((0.4, 0.4, 0.2))
    edges = [bar.get_x() for bar in bars]
    assert edges[:2] == pytest.approx([10**-5.05, 10**-4.95], rel=1e-4)
    assert panel.get_xscale() == "log"


def test_all_weights_are_one_vector(lipschitz: Callable[..., Lipschitz]) -> None:
    critic = lipschitz().critic
    assert len(all_weights(critic)) == sum(parameter.numel() for parameter in critic.parameters())
    assert not all_weights(critic).requires_grad


class Line(Critic):
    """s(x) = a x_1 + b x_2: its slope is the same everywhere."""

    def __init__(self, a: float, b: float) -> None:
        super().__init__(shape=(2,), outputs=1)
        self.weight = nn.Parameter(torch.tensor([[a, b]]))

    def forward(self, images: Tensor) -> CriticOutput:
        return CriticOutput(images @ self.weight.T, images)


def test_the_measures_of_a_line(lipschitz: Callable[..., Lipschitz]) -> None:
    explanation = lipschitz("lipschitz.clipping.limit=4", "lipschitz.points=300")
    explanation.data.setup()
    critic = Line(3.0, -4.0)
    held_out = explanation.held_out(critic)
    found = explanation.measure(critic)
    for name in ("slope_real", "slope_fake", "slope_lines", "slope_largest"):
        assert found.numbers[name] == pytest.approx(5, rel=1e-5)
    assert found.numbers["slope_lines_std"] < 1e-5
    assert found.slopes.shape == (300,)
    assert (found.numbers["weights_at_limit"], found.numbers["weight_largest"]) == (0.5, 4.0)
    assert held_out.real is not None
    difference = (held_out.real.mean(0) - held_out.fake.mean(0)) @ torch.tensor([3.0, -4.0])
    assert found.numbers["estimate"] == pytest.approx(difference.item(), abs=1e-5)
    critic.weight.data.fill_(torch.inf)
    with pytest.raises(GanLabError, match="diverged"):
        explanation.measure(critic)


def test_fakes_are_real_points_with_noise(lipschitz: Callable[..., Lipschitz]) -> None:
    explanation = lipschitz("lipschitz.noise=0.5")
    explanation.data.setup()
    values, critic = explanation.data.train.values, Line(1.0, 0.0)
    contest = explanation.meet(critic, values, 500, "train", 0)
    assert contest.real is not None
    shift = contest.fake - 0.5 * contest.latent.z
    for points in (contest.real, shift):
        assert torch.cdist(points, values[:50_000]).min(1).values.max() < 1e-2
    assert not torch.equal(contest.real, shift)
    assert abs(contest.latent.z.std() - 1) < 0.15
    assert contest.on_real is not None
    assert torch.equal(contest.on_real.score[:, 0], contest.real[:, 0])
    assert torch.equal(contest.on_fake.score[:, 0], contest.fake[:, 0])
    other = explanation.meet(critic, values, 500, "train", 1)
    assert not torch.equal(other.fake, contest.fake)


def test_a_short_training_draws_every_critic(lipschitz: Callable[..., Lipschitz]) -> None:
    explanation = lipschitz("lipschitz.steps=3", "lipschitz.points=40", "lipschitz.clipping.limit=0.01")
    before = all_weights(explanation.critic)
    explained = explanation.explain()
    critics = explained.numbers["critics"]
    assert [*critics] == ["clipping", "two_sided", "one_sided"]
    assert torch.equal(all_weights(explanation.critic), before), "each trains a copy"
    assert critics["clipping"]["weight_largest"] <= 0.01 < critics["two_sided"]["weight_largest"]
    assert critics["two_sided"] != critics["one_sided"]
    assert explained.numbers["points"] == 40
    assert explained.numbers["emd"] > 0
    top, bottom = explained.figure.subfigs
    pictures = [panel for panel in top.axes if panel.get_title()]
    assert [panel.get_title().partition(":")[0] for panel in pictures] == [
        *("clipping to ±0.01", "two-sided penalty", "one-sided penalty"),
    ]
    for panel, row in zip(pictures, critics.values(), strict=True):
        title = panel.get_title()
        assert f"gradient norm {row['slope_lines']:.2g},\nestimated distance {row['estimate']:.2g} (exact: " in title
        assert panel.get_xlim() == panel.get_ylim() == pytest.approx((-explanation.edge, explanation.edge))
    fake, real = (cloud for cloud in pictures[0].collections if cloud.get_label() in ("generated", "real"))
    assert (len(fake.get_offsets()), len(real.get_offsets())) == (40, 40)  # type: ignore[arg-type]
    assert explanation.edge == pytest.approx(1.5 * explanation.data.validation.values.abs().max().item())
    slopes, weights = bottom.axes
    assert slopes.get_lines()[0].get_xdata() == [1, 1]
    assert weights.get_lines()[0].get_xdata() == [0.01, 0.01]
    assert len(slopes.containers) == len(weights.containers) == 3
    assert len(explained.sentences) == 3
    row = critics["clipping"]
    assert explained.sentences[0] == (
        f"clipping to ±0.01: the gradient norm between real and generated points is {row['slope_lines']:.2g}, "
        f"{row['weights_at_limit']:.0%} of the weights are at ±0.01, and the earth mover's distance is estimated as "
        f"{row['estimate']:.2g} (exact: {explained.numbers['emd']:.2g})."
    )
