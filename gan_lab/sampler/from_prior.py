"""One code of the prior, one sample."""

from abc import ABC, abstractmethod

from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.draws import Draws
from gan_lab.types import Latent


class FromPrior(Sampler, ABC):
    """x = G(t(z)), z from the prior, with the averaged (EMA) weights; a subclass says what t does to the codes."""

    follows_training = True

    @abstractmethod
    def change(self, latent: Latent) -> Latent:
        """t(z)."""

    def draw(self, draws: Draws) -> Drawn:
        return Drawn(self.change(draws.codes(self.context.prior)))
