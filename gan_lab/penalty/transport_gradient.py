"""The gradient penalty of WGAN-QC, which fits the slope at each fake to the distance of its transport."""

from typing import final

from gan_lab.domains import NonNegative, Positive
from gan_lab.maths.float32 import at_least_single
from gan_lab.maths.quadratic import quadratic_plan, strength_of
from gan_lab.penalty.base import Penalty, input_gradient
from gan_lab.types import Contest, Judge, Terms


@final
class TransportGradient(Penalty):
    """weight / (2 sqrt K) E[(||grad D(y)|| - K ||x(y) - y||)^2] at the fakes y, x(y) the real partner of y.

    The partners are those of the optimal transport between the batches for the cost (K / 2) ||x - y||^2. Its potential
    has the gradient K (x(y) - y), of which only the length is fitted. Norms are Euclidean over all numbers of a sample.
    `strength` is K and must be that of the loss; None means 1 / (numbers in a sample).
    Diagnostics: `transport_slope`, the mean norm of the gradient, and `transport_slope_target`, that of its target.
    Source: Liu, Gu & Samaras 2019, ICCV: the optimal transport regularizer (OTR); the factor as in the published code.
    """

    player = "critic"
    needs_independent_samples = True

    def __init__(self, *, weight: NonNegative, strength: Positive | None = None, eps: NonNegative = 1e-12) -> None:
        super().__init__()
        self.weight = weight
        self.strength = strength
        self.eps = eps

    def forward(self, judge: Judge, contest: Contest) -> Terms:
        k, match = strength_of(self.strength, contest.fake), quadratic_plan(contest).match
        assert contest.real is not None
        carried = (contest.real[match.to(contest.real.device)] - contest.fake.detach()).flatten(1)
        target = k * at_least_single(carried).norm(dim=1)
        slope = (input_gradient(judge, contest.fake).square().sum(1) + self.eps).sqrt()
        misfit = (slope - target).square().mean()
        return Terms(
            {"transport_gradient": self.weight / (2 * k**0.5) * misfit},
            {"transport_slope": slope.detach().mean(), "transport_slope_target": target.mean()},
        )
