"""Relaxation times of chains whose law is known."""

from math import exp, log

import pytest
import torch
from torch import Tensor

from gan_lab.sampler.relaxation import Relaxation


def langevin(eps: float, curvature: Tensor, steps: int, n: int = 5000, start: float = 1.0) -> Relaxation:
    """Unadjusted Langevin chains in a Gaussian of these curvatures, one for each coordinate."""
    generator = torch.Generator().manual_seed(5)
    z = 3 + start * torch.randn(n, len(curvature), generator=generator)
    relaxation = Relaxation(z)
    for _ in range(steps):
        z = z - eps / 2 * curvature * z + eps**0.5 * torch.randn(z.shape, generator=generator)
        relaxation.step(z)
    return relaxation


@pytest.mark.parametrize(
    ("eps", "curvature", "start"),
    [(0.02, 1.0, 0.5), (0.02, 1.0, 2.0), (0.02, 5.0, 0.5), (0.1, 4.0, 2.0), (1.5, 2.0, 2.0)],
)
def test_of_a_gaussian_it_is_that_of_the_recursion_wherever_chains_start(
    eps: float, curvature: float, start: float
) -> None:
    steps = 150
    times = langevin(eps, torch.full((4,), curvature), steps, start=start).times
    exact = -steps * log(abs(1 - eps * curvature / 2))
    assert times == pytest.approx(exact, rel=0.12)
    if eps * curvature < 0.2:
        assert times == pytest.approx(steps * eps * curvature / 2, rel=0.12), "the known time, for small steps"


def test_directions_of_different_curvature_are_averaged() -> None:
    curvature = torch.tensor([1.0, 30.0])
    times = langevin(0.02, curvature, 100, n=40_000).times
    left = ((1 - 0.01 * curvature) ** 100).mean().item()
    assert times == pytest.approx(-log(left), rel=0.05)


def test_chains_that_stay_in_the_mode_of_their_start_never_relax() -> None:
    # Within its mode each chain forgets everything at once.
    generator = torch.Generator().manual_seed(6)
    side = torch.randint(0, 2, (1000, 1), generator=generator) * 2.0 - 1
    relaxation = Relaxation(3 * side + torch.randn(1000, 1, generator=generator))
    for _ in range(50):
        relaxation.step(3 * side + torch.randn(1000, 1, generator=generator))
    assert relaxation.times == pytest.approx(-log(0.9), abs=0.05)  # 9 of the variance of 10 are of the mode


def test_what_moves_away_from_its_start_has_not_relaxed_and_what_forgets_it_has() -> None:
    z = torch.randn(500, 1, generator=torch.Generator().manual_seed(7))
    for factor, expected in ((2.0, 0.0), (exp(-1), 1.0), (0.0, -log(1e-9))):
        relaxation = Relaxation(z)
        relaxation.step(factor * z)
        assert relaxation.times == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("start", [torch.randn(99, 4), torch.zeros(500, 4), torch.zeros(0, 4)])
def test_too_few_chains_and_those_of_one_start_cannot_tell(start: Tensor) -> None:
    relaxation = Relaxation(start)
    relaxation.step(start + 1)
    assert relaxation.times is None
