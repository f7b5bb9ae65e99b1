"""Iterated sampling importance resampling."""

from math import exp, inf, log
from typing import Annotated, Any, final

import numpy as np
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

SMALL = 0.05
"""The largest bound of the bias, in total variation, without a warning."""
PEAKED = 2.0
"""The effective number of candidates below which there is a warning."""


@final
class SIR(Selection):
    """Chooses one of `k` proposals with probability proportional to exp(d), and `rounds` - 1 times again, from it and
    k - 1 new proposals.

    The cost is fixed, k + (rounds - 1) (k - 1) proposals, and no maximum of d is needed. One round is the plain SIR,
    whose distribution differs from p_g exp(d) by O(1 / k): for N(1, 0.7^2) from N(0, 1) and k = 32 the mean is 0.97
    instead of 1. Further rounds (i-SIR) leave p_g exp(d) invariant, so that the bias falls geometrically: each round
    multiplies the distance in total variation by at most 1 - (k - 1) / (2 L + k - 2) if exp(d) <= L and its mean is 1.
    `bias_bound` reports the bound of that distance after all rounds, (L - 1) / (L + k - 1) of the first round times
    this factor to the power of `rounds` - 1, for L = max exp(d) / mean exp(d) over all proposals, with a warning above
    0.05. It is often far too large, but no bound at all where proposals miss the largest exp(d). `rounds=1` is warned
    of. The choice is the largest d + Gumbel noise. `effective_candidates` reports the mean of (sum w)^2 / sum w^2 in
    the first round, between 1 and k, with a warning below 2.
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
            peak = Peak()
            latent, d, effective = self.best_of(draws, attempts[0], None, peak, progress)
            for those in attempts[1:]:
                latent, d, _ = self.best_of(draws, those, (latent, d), peak, progress)
        bias = bias_bound(peak.largest, self.k, self.rounds)
        report: dict[str, Any] = {
            "calibration": self.ratio.report,
            "effective_candidates": effective,
            "bias_bound": bias,
            "warnings": [*self.ratio.warnings],
        }
        if self.rounds == 1:
            report["warnings"].append(
                f"one round of resampling is biased by the order of 1 / k, and k is {self.k}: sampler.rounds=5 reduces "
                "the bias"
            )
        elif bias > SMALL:
            report["warnings"].append(
                f"after {self.rounds} rounds a bias of up to {bias:.0%} of the samples may be left, since the largest "
                f"density ratio is {peak.largest:.2g} times the mean: raise sampler.rounds or sampler.k"
            )
        if effective < PEAKED:
            report["warnings"].append(
                f"the log-ratio is too peaked: {effective:.1f} of {self.k} candidates carry the weight; a larger "
                "sampler.k is needed"
            )
        stats = {"proposed": float(total), "accepted": float(len(draws)), "acceptance": len(draws) / max(1, total)}
        return Drawn(latent, None, stats, report)

    def best_of(
        self,
        draws: Draws,
        attempts: range,
        current: tuple[Latent, Float[Tensor, " m"]] | None,
        peak: "Peak",
        progress: tqdm,
    ) -> tuple[Latent, Float[Tensor, " m"], float]:
        """Returns the chosen one of the attempts and the current codes, if any, its d, and the effective number of
        candidates; shows `peak` the proposals."""
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
            peak.see(d)
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


class Peak:
    """The largest of all density ratios exp(d) that it has seen, as a multiple of their mean."""

    def __init__(self) -> None:
        self.log_largest, self.log_sum, self.number = -inf, -inf, 0

    def see(self, d: Float[Tensor, "k m"]) -> None:
        if d.numel():
            self.log_largest = max(self.log_largest, d.max().item())
            self.log_sum = float(np.logaddexp(self.log_sum, double(d).flatten().logsumexp(0).item()))
            self.number += d.numel()

    @property
    def largest(self) -> float:
        """Returns max exp(d) / mean exp(d); 1 if it has seen none."""
        return exp(self.log_largest - self.log_sum + log(self.number)) if self.number else 1.0


def bias_bound(largest: float, k: int, rounds: int) -> float:
    """Returns (L - 1) / (L + k - 1) (1 - (k - 1) / (2 L + k - 2))^(rounds - 1) for ratios of mean 1 and at most L.

    After one round the density is at least k / (L + k - 1) times that of the target, by Jensen's inequality for the sum
    of the other k - 1 ratios.
    """
    return (largest - 1) / (largest + k - 1) * (1 - (k - 1) / (2 * largest + k - 2)) ** (rounds - 1)


def gumbel(uniform: Float[Tensor, " m"]) -> Float[Tensor, " m"]:
    """Returns -log(-log u), Gumbel noise: the largest of d_j + Gumbel_j is j with probability softmax(d)_j."""
    return on(uniform.device, -(-double(uniform).clamp(min=1e-300).log()).clamp(min=1e-300).log())


def replaced(latent: Latent, other: Latent, where: Tensor) -> Latent:
    """Returns `latent` with the codes of `other` where `where` is true."""
    component = latent.component
    if component is not None and other.component is not None:
        component = torch.where(where, other.component, component)
    return Latent(torch.where(where[:, None], other.z, latent.z), component)
