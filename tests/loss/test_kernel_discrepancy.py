"""Kernel discrepancies against double sums, in which a pair is a line, and what they must be for known samples."""

from itertools import product
from math import exp, sqrt
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.loss.kernel_discrepancy import KernelDiscrepancy
from gan_lab.maths.kernels import Kernel
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.gradient import GradientPenalty
from gan_lab.types import CriticOutput
from tests.contests import contest, total

SHAPES: dict[Kernel, tuple[float, ...]] = {
    "rational_quadratic": (0.2, 1.0, 5.0),
    "gaussian": (0.5, 2.0),
    "distance": (1.0, 1.5),
}


def loss(kernel: Kernel, shapes: tuple[float, ...] | None = None, **options: Any) -> KernelDiscrepancy:
    return KernelDiscrepancy(kernel=kernel, shapes=shapes or SHAPES[kernel], features=3, **options)


def slow(kernel: str, x: Tensor, y: Tensor) -> float:
    """k of two points, one number after the other."""
    square = sum((a - b) ** 2 for a, b in zip(x.tolist(), y.tolist(), strict=True))
    each = {
        "rational_quadratic": lambda a: 1 / (1 + square / (2 * a)) ** a,
        "gaussian": lambda a: exp(-square / (2 * a**2)),
        "distance": lambda a: -(sqrt(square) ** a),
    }[kernel]
    return sum(each(a) for a in SHAPES[kernel])  # type: ignore[index]


def double_sum(kernel: str, x: Tensor, y: Tensor) -> float:
    """The unbiased estimate of MMD^2, pair by pair."""
    n, m = len(x), len(y)
    own = sum(slow(kernel, x[i], x[j]) for i, j in product(range(n), range(n)) if i != j) / (n * (n - 1))
    own += sum(slow(kernel, y[i], y[j]) for i, j in product(range(m), range(m)) if i != j) / (m * (m - 1))
    return own - 2 * sum(slow(kernel, a, b) for a, b in product(x, y)) / (n * m)


def features(n: int = 7, m: int = 5) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(0)
    x, y = (torch.randn(k, 3, generator=random, dtype=torch.float64) for k in (n, m))
    return x, y + 0.5


@pytest.mark.parametrize("kernel", SHAPES)
def test_both_losses_are_the_double_sum(kernel: Kernel) -> None:
    x, y = features()
    assert loss(kernel).discrepancy(x, y).item() == pytest.approx(double_sum(kernel, x, y), abs=1e-6)
    x, y = features(6, 6)
    terms = loss(kernel).critic(contest(x, y))
    assert total(terms.minimised).item() == pytest.approx(-double_sum(kernel, x, y), abs=1e-6)
    assert terms.diagnostics["discrepancy"].item() == pytest.approx(double_sum(kernel, x, y), abs=1e-6)
    between = sum(slow(kernel, a, b) for a, b in product(x, y)) / 36
    assert terms.diagnostics["similarity"].item() == pytest.approx(between, abs=1e-6)
    found = loss(kernel).generator(contest(x, y)).minimised["discrepancy"]
    assert found.item() == pytest.approx(double_sum(kernel, x, y), abs=1e-6)


@pytest.mark.parametrize("kernel", SHAPES)
def test_the_critic_of_the_origin_is_the_papers_sum(kernel: Kernel) -> None:
    x, y = features(4, 4)
    zero, pairs = torch.zeros(3), [(i, j) for i in range(4) for j in range(4)]
    real = sum(slow(kernel, a, zero) for a in x) / 4 - sum(slow(kernel, x[i], y[j]) for i, j in pairs) / 16
    others = sum(slow(kernel, y[i], y[j]) for i, j in pairs if i != j) / 12
    fake = sum(slow(kernel, b, zero) for b in y) / 4 - others
    ours = loss(kernel, from_origin=True)
    assert total(ours.critic(contest(x, y)).minimised).item() == pytest.approx(fake - real, abs=1e-3)
    assert total(ours.generator(contest(x, y)).minimised).item() == pytest.approx(double_sum(kernel, x, y), abs=1e-6)


@pytest.mark.parametrize("from_origin", [False, True])
@pytest.mark.parametrize("kernel", SHAPES)
def test_penalties_get_the_witness_and_its_slope(kernel: Kernel, from_origin: bool) -> None:
    """By a difference of the slow sum around a point; the gradient of the penalty reaches the batch's features too."""
    weights = torch.randn(2, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    real, fake = features(6, 6)[0][:, :2].contiguous(), features(6, 6)[1][:, :2].contiguous()

    def critic(samples: Tensor) -> CriticOutput:
        return CriticOutput((samples @ weights).tanh(), samples)

    met = contest(critic(real).score, critic(fake).score)
    met.real, met.fake, met.noise = real, fake, IndexedNoise(("witness",), torch.device("cpu"))
    judge = loss(kernel, from_origin=from_origin).judge(critic, met)
    x, y = critic(real).score.detach(), critic(fake).score.detach()

    def witness(point: Tensor) -> float:
        at = critic(point[None]).score[0].detach()
        near = [slow(kernel, at, torch.zeros(3))] if from_origin else [slow(kernel, at, a) for a in x]
        return sum(near) / len(near) - sum(slow(kernel, at, b) for b in y) / 6

    point = torch.tensor([0.3, -0.8], dtype=torch.float64, requires_grad=True)
    score = judge(point[None]).score
    assert score.shape == (1, 1)
    assert score.item() == pytest.approx(witness(point.detach()), abs=1e-6)
    (slope,) = torch.autograd.grad(score.sum(), point)
    for axis, step in enumerate(1e-5 * torch.eye(2, dtype=torch.float64)):
        difference = (witness(point.detach() + step) - witness(point.detach() - step)) / 2e-5
        assert slope[axis].item() == pytest.approx(difference, rel=1e-4, abs=1e-6)
    penalty = GradientPenalty(weight=1.0, form="two_sided")(judge, met).minimised["gradient_penalty"]
    for output in (met.on_real, met.on_fake):
        assert output is not None
        (reached,) = torch.autograd.grad(penalty, output.score, retain_graph=True, allow_unused=True)
        assert (reached is None) == (from_origin and output is met.on_real)
        assert reached is None or reached.abs().max() > 0


@pytest.mark.parametrize("kernel", SHAPES)
def test_the_estimate_is_unbiased(kernel: Kernel) -> None:
    """Batches of two points from the same three: over all of them the mean is 0, the biased estimate's is above."""
    points = features()[0][:3]
    pairs = [points[[i, j]] for i, j in product(range(3), range(3))]
    values = [loss(kernel).discrepancy(a, b).item() for a, b in product(pairs, pairs)]
    assert sum(values) / len(values) == pytest.approx(0, abs=1e-3 if kernel == "distance" else 1e-9)
    assert min(values) < 0 < max(values)


def test_the_distance_kernel_is_the_energy_distance_of_two_normals() -> None:
    """E = 2 E|x - y| - E|x - x'| - E|y - y'| of N(0, 1) and N(m, 1), whose differences are N(., 2)."""
    random, m = torch.Generator().manual_seed(2), 1.0
    x, y = (torch.randn(2000, 1, generator=random) for _ in range(2))
    found = loss("distance", (1.0,)).discrepancy(x, y + m).item()
    at_rest = 2 / torch.pi**0.5  # E|d|, d ~ N(0, 2)
    apart = at_rest * exp(-m * m / 4) + m * torch.erf(torch.tensor(m / 2)).item()
    assert found == pytest.approx(2 * (apart - at_rest), abs=0.05)


def test_the_surrogate_is_no_distance() -> None:
    """It is 0 where all fakes have the feature 0, whatever the reals, and the energy distance is not."""
    x = features(6, 6)[0]
    y = torch.zeros_like(x)
    ours, surrogate = loss("distance", (1.0,)), loss("distance", (1.0,), from_origin=True)
    assert total(surrogate.critic(contest(x, y)).minimised).item() == pytest.approx(0, abs=1e-3)
    assert total(ours.critic(contest(x, y)).minimised).item() < -0.5


def test_refusals(build_model: Any) -> None:
    with pytest.raises(GanLabError, match="powers of a distance below 2, not 2"):
        loss("distance", (1.0, 2.0))
    with pytest.raises(GanLabError, match="batches of 2 samples or more"):
        loss("gaussian").critic(contest(torch.zeros(1, 3), torch.zeros(1, 3)))
    with pytest.raises(GanLabError, match="compares batches, so no fake alone"):
        build_model("model=mmd_gan", "data=ring", "model.top_k.share=0.5")
    with pytest.raises(GanLabError, match="no log-ratio"):
        loss("gaussian").log_ratio(torch.zeros(2, 3))
    with pytest.raises(GanLabError, match="one alone has no score"):
        loss("gaussian").realness(torch.zeros(2, 3), None)
