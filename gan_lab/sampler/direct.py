"""The plain generator."""

from typing import final

from gan_lab.sampler.from_prior import FromPrior
from gan_lab.types import Latent


@final
class Direct(FromPrior):
    """x = G(z) with z from the prior; the baseline for every other sampler."""

    def change(self, latent: Latent) -> Latent:
        return latent
