"""Discriminator rejection sampling."""

from typing import Annotated, Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import Inside, Positive, PositiveInt, Share, at_least
from gan_lab.maths.float64 import double, on
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.budget import Budget
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.log_ratio import Calibration
from gan_lab.sampler.rejection import Verdict, until_accepted
from gan_lab.sampler.selection import Selection
from gan_lab.types import Latent

EXCEEDED = 0.001
"""The share of proposals above M, beyond that of the quantile, from which there is a warning."""
HINT = (
    "few samples look as real as the best one: set sampler.m_quantile=0.999, or choose sampler=sir, whose cost is fixed"
)


@final
class DRS(Selection):
    """Accepts x = G(z) with probability sigmoid(F), F = d - M - log(1 - exp(d - M - eps)) - gamma.

    For gamma = 0 and small eps this is exp(d(x) - M), which is rejection sampling from p_g to p_g exp(d). It is exact
    if d is exact and M its maximum; then the acceptance rate is exp(-M). M is the `m_quantile` of d over `burn_in`
    proposals. Larger d count as M, and there is a warning if they are many. gamma above 0 accepts less and sharpens:
    for N(0, 1) from N(0, 4), the published 95 % percentile of F leaves a variance of 0.12. gamma below 0 accepts more.
    `target_acceptance` finds a gamma <= 0 with this acceptance rate. A gamma other than 0 is reported as `biased`.
    Source: Azadi et al. 2018, arXiv 1810.06758. *Deviations:* M is fixed instead of growing while sampling, with which
    early samples were accepted too easily; gamma is 0 instead of a percentile of each batch, which would couple
    samples.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        proposal: Sampler,
        calibration: Calibration,
        calibration_samples: Annotated[int, at_least(20)],
        burn_in: PositiveInt,
        m_quantile: Share,
        eps: Positive,
        gamma: float,
        target_acceptance: Inside | None,
        min_efficiency: Share,
        probe: PositiveInt,
    ) -> None:
        super().__init__(
            batch_size=batch_size, proposal=proposal, calibration=calibration, calibration_samples=calibration_samples
        )
        if target_acceptance is not None and gamma != 0:
            raise ValueError("target_acceptance takes the place of gamma, which must be 0")
        self.burn_in, self.m_quantile, self.eps, self.gamma = burn_in, m_quantile, eps, gamma
        self.target_acceptance = target_acceptance
        self.min_efficiency, self.probe = min_efficiency, probe

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        key = {"what": "drs", "settings": str(self.stated())}
        found = context.prepared.get(key, self.burn)
        self.maximum, self.used_gamma = found["maximum"].item(), found["gamma"].item()

    def burn(self) -> dict[str, Tensor]:
        """Returns M and gamma, by name."""
        d = double(self.context.values(self.ratio.of_code, self.proposal.trial(self.burn_in, "burn-in")))
        self.maximum = d.quantile(self.m_quantile).item()
        gamma = self.gamma
        if self.target_acceptance is not None:
            gamma = self.gamma_for(d, self.target_acceptance)
        return {"maximum": torch.tensor(self.maximum).double(), "gamma": torch.tensor(gamma).double()}

    def gamma_for(self, d: Float[Tensor, " n"], target: float) -> float:
        """Returns the gamma <= 0 with a mean acceptance of `target` for these d, by bisection; 0 if none is needed."""
        low, high = -200.0, 0.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.probability(d, middle).mean() > target else (low, middle)
        return high

    def probability(self, d: Float[Tensor, " n"], gamma: float) -> Float[Tensor, " n"]:
        """Returns the acceptance probability sigmoid(F)."""
        below = (double(d) - self.maximum).clamp(max=0)
        return on(d.device, (below - torch.log(-torch.expm1(below - self.eps)) - gamma).sigmoid())

    def draw(self, draws: Draws) -> Drawn:
        def accept(latent: Latent, uniform: Float[Tensor, " b"]) -> Verdict:
            x = self.context.images(latent)
            d = self.ratio.of_images(x, latent.component)
            return Verdict(uniform < self.probability(d, self.used_gamma), x, d > self.maximum)

        budget = Budget(self.name, wanted=len(draws), least=self.min_efficiency, probe=self.probe, hint=HINT)
        latent, x, exceeded = until_accepted(draws, self.proposal.codes, accept, budget, self.batch_size)
        report: dict[str, Any] = {"calibration": self.ratio.report, "log_maximum": self.maximum}
        report |= {"gamma": self.used_gamma, "biased": self.used_gamma != 0, "warnings": [*self.ratio.warnings]}
        share = exceeded / max(1, budget.proposed)
        report["exceeded_maximum"] = share
        if share > 1 - self.m_quantile + EXCEEDED:
            report["warnings"].append(
                f"{share:.2%} of the proposals exceed the maximum of the burn-in: a larger sampler.burn_in is needed"
            )
        return Drawn(latent, x, budget.stats, report)
