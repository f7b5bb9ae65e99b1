"""The base class of samplers that choose among samples by the critic."""

from abc import ABC
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import PositiveInt, at_least
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.log_ratio import Calibration, LogRatio
from gan_lab.types import Latent


class Selection(Sampler, ABC):
    """Chooses among the samples of `proposal` by d(x) = log p_data(x) / p_g(x); p_g is the proposal's distribution."""

    ratio: LogRatio

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        proposal: Sampler,
        calibration: Calibration,
        calibration_samples: Annotated[int, at_least(20)],
    ) -> None:
        super().__init__(batch_size=batch_size)
        self.proposal = proposal
        self.calibration: Calibration = calibration
        self.calibration_samples = calibration_samples

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        context.need_critic(self.name)
        self.proposal.prepare_on(context)
        self.ratio = LogRatio(
            context, calibration=self.calibration, samples=self.calibration_samples, source=self.proposal
        )

    def proposals(self, draws: Draws, attempts: range) -> tuple[Latent, Float[Tensor, "k m"]]:
        """Returns the codes of several attempts, concatenated, and d of each, with one row per attempt."""
        latent = Latent.joined([self.proposal.codes(draws.attempt(number)) for number in attempts])
        return latent, self.context.values(self.ratio.of_code, latent).view(len(attempts), -1)

    def at_once(self, draws: Draws) -> int:
        """Returns how many attempts of the chosen samples fill a batch."""
        return max(1, self.batch_size // max(1, len(draws)))

    def rows(self, latent: Latent, number: Tensor) -> Latent:
        """Returns for each sample the code of its attempt `number`, from concatenated attempts."""
        m = len(number)
        place = number * m + torch.arange(m, device=number.device)
        return latent.map(lambda value: value[place])
