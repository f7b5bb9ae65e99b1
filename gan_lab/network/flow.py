"""A generator that follows a velocity field."""

from math import prod
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.maths.solvers import EVALUATIONS, Solver, solution
from gan_lab.network.base import Generator
from gan_lab.network.velocity import Velocity


@final
class Flow(Generator):
    """x_1 of dx/dt = v(x, t),  x_0 = z: a code has as many numbers as a sample.

    The solver takes `steps` steps, of which each evaluates v once (`euler`) or twice (`heun`). Both are choices of
    sampling alone. Pixels are not bounded: the few beyond [-1, 1] are cut off where images become whole numbers.
    """

    def __init__(
        self,
        *,
        velocity: Velocity,
        latent_dim: PositiveInt,
        shape: tuple[PositiveInt, ...],
        solver: Solver,
        steps: PositiveInt,
    ) -> None:
        super().__init__(latent_dim=latent_dim, shape=shape)
        if latent_dim != prod(shape) or velocity.shape != shape:
            raise ValueError(
                f"a flow moves the {prod(shape)} numbers of a sample of shape {[*shape]}, so that a code has as many, "
                f"not {latent_dim}, and a velocity has this shape, not {[*velocity.shape]}: leave model.prior.dim and "
                "flow.velocity.shape as they are"
            )
        self.velocity = velocity
        self.solver = solver
        self.steps = steps

    def extra_repr(self) -> str:
        return f"solver={self.solver}, steps={self.steps}"

    @property
    def passes(self) -> int:
        return EVALUATIONS[self.solver] * self.steps

    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        *_, x = solution(self.velocity, z.unflatten(1, self.shape), self.solver, self.steps)
        return x

    def path(self, z: Float[Tensor, "b d"], solver: Solver, steps: PositiveInt) -> Float[Tensor, " n b *shape"]:
        """Returns x at n = steps + 1 times, evenly from 0 to 1."""
        return torch.stack([*solution(self.velocity, z.unflatten(1, self.shape), solver, steps)])
