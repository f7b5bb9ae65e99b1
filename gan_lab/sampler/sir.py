"""Iterated sampling importance resampling."""

from typing import Annotated, Any, final

import torch
from jaxtyping import Float
from torch import Tensor
from tqdm import tqdm

from gan_lab.domains import PositiveInt, at_least
from gan_lab.maths.float64 import double, on
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.log_ratio import Calibration
from gan_lab.sampler.selection import Selection
from gan_lab.types import Latent

PEAKED = 2.0
"""The effective number of candidates below which there is a warning."""


@final
class SIR(Selection):
    """Chooses one of `k` proposals with probability proportional to exp(d), and `rounds` - 1 times again, from it and
    k - 1 new proposals.

    The cost is fixed, k + (rounds - 1) (k - 1) proposals, and no maximum of d is needed. One round is the plain SIR,
    whose distribution differs from p_g exp(d) by O(1 / k): for N(1, 0.7^2) from N(0, 1) and k = 32 the mean is 0.97
    instead of 1. Further rounds (i-SIR) leave p_g exp(d) invariant, so that the bias falls geometrically: each round
    multiplies the distance in total variation by at most 1 - (k - 1) / (2 L + k - 2) if exp(d) <= L. `rounds=1` is
    warned of. The choice is the largest d + Gumbel noise. `effective_candidates` reports the mean of (sum w)^2 / sum
    w^2 in the first round, between 1 and k, with a warning below 2.
    Source: Rubin 1987 (SIR); Andrieu et al. 2010 and Andrieu, Lee & Vihola 2018 (i-SIR and its rate); Cardoso et al.
    2022, arXiv 2207.06364, on its bias; for GANs Samsonov et al. 2022, arXiv 2111.02702.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        proposal: Sampler,
        calibration: Calibration,
        calibration_samples: Annotated[int, at_least(20)],
        k: Annotated[int, at_least(2)],
        rounds: PositiveInt,
    ) -> None:
        super().__init__(
            batch_size=batch_size, proposal=proposal, calibration=calibration, calibration_samples=calibration_samples
        )
        self.k = k
        self.rounds = rounds

    def draw(self, draws: Draws) -> Drawn:
        attempts = [range(self.k)]
        for _ in range(self.rounds - 1):
            attempts.append(range(attempts[-1].stop, attempts[-1].stop + self.k - 1))
        total = attempts[-1].stop * len(draws)
        with tqdm(total=total, desc=self.name, unit="proposal", unit_scale=True, delay=2.0, leave=False) as progress:
            latent, d, effective = self.best_of(draws, attempts[0], None, progress)
            for those in attempts[1:]:
                latent, d, _ = self.best_of(draws, those, (latent, d), progress)
        report: dict[str, Any] = {
            "calibration": self.ratio.report,
            "effective_candidates": effective,
            "warnings": [*self.ratio.warnings],
        }
        if self.rounds == 1:
            report["warnings"].append(
                f"one round of resampling is biased by the order of 1 / k, and k is {self.k}: sampler.rounds=5 removes "
                "the bias"
            )
        if effective < PEAKED:
            report["warnings"].append(
                f"the log-ratio is too peaked: {effective:.1f} of {self.k} candidates carry the weight; a larger "
                "sampler.k is needed"
            )
        stats = {"proposed": float(total), "accepted": float(len(draws)), "acceptance": len(draws) / max(1, total)}
        return Drawn(latent, None, stats, report)

    def best_of(
        self, draws: Draws, attempts: range, current: tuple[Latent, Float[Tensor, " m"]] | None, progress: tqdm
    ) -> tuple[Latent, Float[Tensor, " m"], float]:
        """Returns the chosen one of the attempts and the current codes, if any, its d, and the effective number of
        candidates."""
        latent: Latent | None = None
        best = chosen = torch.full((len(draws),), -torch.inf, device=draws.chosen.device)
        once, twice = best, best  # log sum w, log sum w^2
        if current is not None:
            latent, chosen = current
            best = chosen + gumbel(draws.uniform("current", attempts.start))
            once, twice = chosen, 2 * chosen
        for first in range(attempts.start, attempts.stop, self.at_once(draws)):
            few = range(first, min(first + self.at_once(draws), attempts.stop))
            codes, d = self.proposals(draws, few)
            noise = torch.stack([gumbel(draws.attempt(number).uniform("gumbel")) for number in few])
            value, number = (d + noise).max(0)
            better, candidate = value > best, self.rows(codes, number)
            latent = candidate if latent is None else replaced(latent, candidate, better)
            best = torch.where(better, value, best)
            chosen = torch.where(better, d.gather(0, number[None])[0], chosen)
            once, twice = torch.logaddexp(once, d.logsumexp(0)), torch.logaddexp(twice, (2 * d).logsumexp(0))
            progress.update(d.numel())
        assert latent is not None
        return latent, chosen, (2 * once - twice).exp().mean().item()


def gumbel(uniform: Float[Tensor, " m"]) -> Float[Tensor, " m"]:
    """Returns -log(-log u), Gumbel noise: the largest of d_j + Gumbel_j is j with probability softmax(d)_j."""
    return on(uniform.device, -(-double(uniform).clamp(min=1e-300).log()).clamp(min=1e-300).log())


def replaced(latent: Latent, other: Latent, where: Tensor) -> Latent:
    """Returns `latent` with the codes of `other` where `where` is true."""
    component = latent.component
    if component is not None and other.component is not None:
        component = torch.where(where, other.component, component)
    return Latent(torch.where(where[:, None], other.z, latent.z), component)
