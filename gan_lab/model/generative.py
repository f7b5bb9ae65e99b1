"""A game whose outcome is a generator: what is measured, saved and sampled, whoever the other players are."""

from abc import ABC
from typing import cast

import torch
from torch import nn

from gan_lab.loss.base import AdversarialLoss
from gan_lab.model.alternating import AlternatingModule
from gan_lab.network.base import Critic, Generator
from gan_lab.network.batch_norm import normalised, set_statistics
from gan_lab.noise import seed_of
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.representative import representative_codes

SETTLING = 5000
"""Codes whose statistics the averaged generator's batch norm has."""
AT_ONCE = 500
"""Codes in one pass."""


class GenerativeModule(AlternatingModule, ABC):
    """Has a generator and a prior, and averages of both. Time is counted in generator steps.

    Where no critic judges the samples, `critic` and `loss` are None.
    """

    clock = "generator"

    generator: Generator
    prior: LatentPrior
    critic: Critic | None
    loss: AdversarialLoss | None
    packing: int = 1
    """The number of samples that the critic judges together."""
    settled: int | None = None
    """The step whose average has its own statistics of batch norm."""

    def averaged(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "prior": self.prior}

    @property
    def averaged_generator(self) -> Generator:
        return cast(Generator, self.average.networks["generator"])

    @property
    def averaged_prior(self) -> LatentPrior:
        return cast(LatentPrior, self.average.networks["prior"])

    @property
    def averaged_networks(self) -> tuple[Generator, LatentPrior]:
        return self.averaged_generator, self.averaged_prior

    def settle(self) -> None:
        """Gives the averaged generator the statistics of batch norm that its averaged weights have, once at each step.

        Whoever samples from the averaged generator, measures it or saves it calls this first. Before the first step the
        average is the generator itself, which has no statistics yet.
        """
        if self.generator_steps and self.settled != self.generator_steps:
            self.settled = self.generator_steps
            self.set_statistics()

    def set_statistics(self) -> None:
        """Sets these statistics to those of codes that represent the averaged prior, always the same random numbers."""
        if not normalised(self.averaged_generator):
            return
        random = torch.Generator(self.device).manual_seed(seed_of("batch norm", self.seed))
        codes = representative_codes(self.averaged_prior, SETTLING, random)
        set_statistics(self.averaged_generator, [*codes.split(AT_ONCE)])

    @property
    def generator_steps(self) -> int:
        return self.player_steps["generator"]
