"""Rejection by learnt latent weights."""

from typing import Any, final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import PositiveInt, Share
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.budget import Budget
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.latent_weights import LatentWeights
from gan_lab.sampler.rejection import Verdict, until_accepted
from gan_lab.types import Latent


@final
class LatentReweighting(Sampler):
    """latentRS: accepts z from the prior with probability w(z) / m, so that z follows p0(z) w(z).

    Only accepted codes go through the generator: a sample costs m evaluations of w on average and one image. Since
    E w = 1, the acceptance rate is 1 / m.
    Source: Issenhuth et al. 2022, arXiv 2110.09803.
    """

    def __init__(
        self, *, batch_size: PositiveInt, weights: LatentWeights, min_efficiency: Share, probe: PositiveInt
    ) -> None:
        super().__init__(batch_size=batch_size)
        self.weights = weights
        self.min_efficiency, self.probe = min_efficiency, probe

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        context.need_critic(self.name)
        self.weights.prepare_on(context)

    def draw(self, draws: Draws) -> Drawn:
        def accept(latent: Latent, uniform: Float[Tensor, " b"]) -> Verdict:
            return Verdict(uniform < self.context.values(self.weights.weights, latent) / self.weights.m)

        budget = Budget(
            self.name,
            wanted=len(draws),
            least=self.min_efficiency,
            probe=self.probe,
            hint="the mean of its weights is far below 1; train them with a larger lambda_norm",
        )
        prior = self.context.prior
        latent, _, _ = until_accepted(draws, lambda part: part.codes(prior), accept, budget, self.batch_size)
        report: dict[str, Any] = {"weights": self.weights.report, "warnings": [*self.weights.warnings]}
        return Drawn(latent, None, budget.stats, report)
