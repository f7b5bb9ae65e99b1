"""The Metropolis-Hastings GAN."""

from typing import Annotated, Any, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from tqdm import tqdm

from gan_lab.domains import PositiveInt, Probability, at_least
from gan_lab.errors import SamplingBudgetError
from gan_lab.maths.float64 import double
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.budget import upper_bound
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.log_ratio import Calibration
from gan_lab.sampler.selection import Selection
from gan_lab.sampler.sir import replaced
from gan_lab.types import Latent

REALS = 10_000
PROBE = 10_000
"""The smallest number of proposals to chains that have not moved yet, before sampling may be given up."""


@final
class MH(Selection):
    """Runs an independence chain per sample: each of `chain_length` proposals x' replaces x with probability
    min(1, exp(d(x') - d(x))).

    A chain starts at the score of a held-out real sample, so that no burn-in is needed if d is exact. A chain that
    never moves does not return the real sample: it starts again at its first proposal, with the same proposals. If the
    share of such chains exceeds `max_capout`, SamplingBudgetError is raised, early if so few move that this is certain.
    A sample costs chain_length passes through generator and critic.
    Source: Turner et al. 2019, arXiv 1811.11357, who also run a chain of 640 fresh proposals for each sample.
    *Deviation:* the isotonic calibration is a step function, with probabilities away from 0 and 1; see `isotonic`.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        proposal: Sampler,
        calibration: Calibration,
        calibration_samples: Annotated[int, at_least(20)],
        chain_length: PositiveInt,
        max_capout: Probability,
    ) -> None:
        super().__init__(
            batch_size=batch_size, proposal=proposal, calibration=calibration, calibration_samples=calibration_samples
        )
        self.chain_length = chain_length
        self.max_capout = max_capout

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        self.d_of_reals = self.ratio.of_images(*context.reals(REALS))

    def draw(self, draws: Draws) -> Drawn:
        start = (draws.uniform("real") * len(self.d_of_reals)).long()
        d, moved = self.d_of_reals[start], torch.zeros(len(draws), dtype=torch.bool, device=start.device)
        from_real: Latent | None = None
        from_fake: Latent | None = None
        d_fake, moves, waiting = d, 0, 0
        progress = tqdm(total=self.chain_length, desc=self.name, unit="step", delay=2.0, leave=False)
        for first in range(0, self.chain_length, self.at_once(draws)):
            few = range(first, min(first + self.at_once(draws), self.chain_length))
            codes, proposed = self.proposals(draws, few)
            for row, number in enumerate(few):
                candidate = self.rows(codes, torch.full_like(start, row))
                uniform = draws.attempt(number).uniform("accept")
                if from_real is None or from_fake is None:
                    from_real = from_fake = candidate
                    d_fake = proposed[row]
                accepted = accept(proposed[row], d, uniform)
                from_real, d = replaced(from_real, candidate, accepted), torch.where(accepted, proposed[row], d)
                beside = accept(proposed[row], d_fake, uniform)
                from_fake = replaced(from_fake, candidate, beside)
                d_fake = torch.where(beside, proposed[row], d_fake)
                waiting += int((~moved).sum())
                moved |= accepted
                moves += int(accepted.sum())
            if waiting >= PROBE and upper_bound(int(moved.sum()), waiting) < self.least_pace:
                raise self.standing(moved, waiting, from_real)
            progress.update(len(few))
        progress.close()
        assert from_real is not None
        assert from_fake is not None
        still = 1.0 - moved.float().mean().item() if len(draws) else 0.0
        total = len(draws) * self.chain_length
        # With few chains, a larger share may not move by chance, so a lower confidence bound of it is compared.
        if len(draws) and 1 - upper_bound(int(moved.sum()), len(draws)) > self.max_capout:
            raise self.standing(moved, total, from_real)
        stats = {"proposed": float(total), "accepted": float(moves), "acceptance": moves / max(1, total)}
        report: dict[str, Any] = {"calibration": self.ratio.report, "cap_out": still}
        report["warnings"] = [*self.ratio.warnings]
        if still > self.max_capout:
            report["warnings"].append(f"{still:.0%} of the chains never moved: their samples are the plain generator's")
        return Drawn(replaced(from_fake, from_real, moved), None, stats, report)

    @property
    def least_pace(self) -> float:
        """Returns the p with (1 - p)^chain_length = max_capout: if chains move more rarely, too many never move."""
        return 1 - max(self.max_capout, 1e-6) ** (1 / self.chain_length)

    def standing(self, moved: Bool[Tensor, " m"], proposed: int, latent: Latent | None) -> SamplingBudgetError:
        """Returns the error for chains that do not move."""
        return SamplingBudgetError(
            self.name,
            wanted=len(moved),
            accepted=int(moved.sum()),
            proposed=proposed,
            hint=f"{(~moved).float().mean().item():.0%} of the chains have not moved; calibrate, or raise "
            "sampler.chain_length",
            z=None if latent is None else latent.z[moved],
        )


def accept(new: Float[Tensor, " m"], old: Float[Tensor, " m"], uniform: Float[Tensor, " m"]) -> Bool[Tensor, " m"]:
    """Returns which proposals are accepted, each with probability min(1, exp(new - old))."""
    return (double(uniform).log() < double(new - old)).to(uniform.device)
