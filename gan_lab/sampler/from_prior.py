"""The base class of samplers that make each sample from one code of the prior."""

from abc import ABC, abstractmethod

from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.draws import Draws
from gan_lab.types import Latent


class FromPrior(Sampler, ABC):
    """x = G(t(z)), with z from the prior and the averaged (EMA) weights; a subclass defines t."""

    follows_training = True

    @abstractmethod
    def change(self, latent: Latent) -> Latent:
        """Returns t(z)."""

    def draw(self, draws: Draws) -> Drawn:
        return Drawn(self.change(draws.codes(self.context.prior)))
