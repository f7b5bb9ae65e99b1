"""Scaling of a mixture prior's standard deviations after training, as in GM-GAN."""

from typing import final

from gan_lab.domains import NonNegative, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.from_prior import FromPrior
from gan_lab.types import Latent


@final
class SigmaScaled(FromPrior):
    """x = G(mu_k + tau s_k e): multiplies the standard deviations of a mixture prior, static or trained, by tau.

    `tau` below 1 favours quality, above 1 diversity; at 0 every component has one image. The means do not change. To
    scale a covariance by s, set tau = sqrt(s). Raises GanLabError for a model without a mixture prior.
    Source: Ben-Yosef & Weinshall 2018, arXiv 1808.10356.
    """

    def __init__(self, *, batch_size: PositiveInt, tau: NonNegative) -> None:
        super().__init__(batch_size=batch_size)
        self.tau = tau

    def prepare_on(self, context: SamplingContext) -> None:
        if not isinstance(context.prior, GaussianMixture):
            prior = type(context.prior).__name__
            raise GanLabError(f"sampler=sigma_scaled needs a model with a mixture prior, and this one has {prior}")
        super().prepare_on(context)

    def change(self, latent: Latent) -> Latent:
        middle, _ = self.context.prior.gaussian(latent)
        return Latent(middle + self.tau * (latent.z - middle), latent.component)
