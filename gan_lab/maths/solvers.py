"""Solvers of ordinary differential equations dx/dt = v(x, t) from t = 0 to t = 1, in steps of one size."""

from collections.abc import Callable, Iterator
from typing import Literal

from torch import Tensor

Solver = Literal["euler", "heun"]
Field = Callable[[Tensor, Tensor], Tensor]
"""Returns v for points x [b ...] at times t [b]."""
EVALUATIONS: dict[str, int] = {"euler": 1, "heun": 2}
"""Evaluations of the velocity in one step."""


def solution(velocity: Field, x: Tensor, solver: Solver, steps: int) -> Iterator[Tensor]:
    """Yields x at t = 0, 1/steps, ..., 1: steps + 1 tensors of the shape of x.

        euler: x' = x + h v(x, t),  of order 1: half the step has half the error
        heun:  p = x + h v(x, t),  x' = x + h (v(x, t) + v(p, t + h)) / 2,  of order 2: half the step has a quarter

    Source: Hairer, Norsett & Wanner 1993, Solving ordinary differential equations I, section II.1.
    """
    yield x
    h = 1 / steps
    for step in range(steps):
        slope = velocity(x, x.new_full(x.shape[:1], step * h))
        if solver == "heun":
            ahead = velocity(x + h * slope, x.new_full(x.shape[:1], (step + 1) * h))
            slope = (slope + ahead) / 2
        x = x + h * slope
        yield x
