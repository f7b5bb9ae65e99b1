"""Another solver, or another number of steps, for a flow that is trained."""

from copy import copy
from typing import final

from gan_lab.domains import PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.maths.solvers import Solver
from gan_lab.network.flow import Flow
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.from_prior import FromPrior
from gan_lab.types import Latent


@final
class ODE(FromPrior):
    """x = x_1 of dx/dt = v(x, t), x_0 = z, by a solver of one's choice: its cost is `steps` evaluations of v (`euler`)
    or twice as many (`heun`).

    Codes and velocity are those of `direct`. Raises GanLabError for a model that is no flow.
    Source: Lipman et al. 2023, arXiv 2210.02747, who sample with few evaluations of a fixed solver.
    """

    def __init__(self, *, batch_size: PositiveInt, solver: Solver, steps: PositiveInt) -> None:
        super().__init__(batch_size=batch_size)
        self.solver: Solver = solver
        self.steps = steps

    def prepare_on(self, context: SamplingContext) -> None:
        flow = context.generator
        if not isinstance(flow, Flow):
            raise GanLabError(f"sampler=ode solves a flow, and the generator of this model is {type(flow).__name__}")
        solved = copy(flow)  # with the weights of the other one, which may still change
        solved.solver, solved.steps = self.solver, self.steps
        context.generator = solved
        super().prepare_on(context)

    def change(self, latent: Latent) -> Latent:
        return latent
