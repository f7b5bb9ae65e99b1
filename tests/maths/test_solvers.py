"""Solvers against exact solutions."""

import pytest
import torch
from torch import Tensor

from gan_lab.maths.solvers import EVALUATIONS, Solver, solution
from tests.gaussian_flow import GaussianVelocity

START = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]


def end(velocity: GaussianVelocity, solver: Solver, steps: int) -> Tensor:
    *_, x = solution(velocity, START, solver, steps)
    return x.detach()


@pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("heun", 2)])
@pytest.mark.parametrize(("mean", "std"), [(0.7, 0.3), (-1.0, 2.0)])
def test_half_the_step_has_a_half_or_a_quarter_of_the_error(
    solver: Solver, order: int, mean: float, std: float
) -> None:
    """On the flow from N(0, 1) to N(mean, std^2), which carries z to mean + std z."""
    velocity = GaussianVelocity(mean, std, shape=(1,))
    errors = [(end(velocity, solver, steps) - (mean + std * START)).abs().max() for steps in (80, 160)]
    assert (errors[0] / errors[1]).item() == pytest.approx(2**order, rel=0.05)


@pytest.mark.parametrize("solver", EVALUATIONS)
def test_each_step_costs_so_many_evaluations_between_both_ends(solver: Solver) -> None:
    times: list[float] = []

    def velocity(x: Tensor, t: Tensor) -> Tensor:
        assert t.shape == (len(x),)
        times.append(t[0].item())
        return 2 * t[:, None].expand_as(x)  # of x = x_0 + t^2, which Heun solves exactly

    path = torch.stack([*solution(velocity, START, solver, 4)])
    assert len(times) == 4 * EVALUATIONS[solver]
    assert (min(times), max(times)) == (0, {"euler": 0.75, "heun": 1}[solver])
    assert path.shape == (5, *START.shape)
    exact = START + torch.linspace(0, 1, 5, dtype=torch.float64)[:, None, None] ** 2
    assert torch.allclose(path, exact) == (solver == "heun")
