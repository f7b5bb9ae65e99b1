"""The test-time knob of GM-GAN."""

from typing import TYPE_CHECKING, final

from gan_lab.data.samples import Samples
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.sampler.from_prior import FromPrior
from gan_lab.types import GanLabError, Latent

if TYPE_CHECKING:
    from gan_lab.model.base import AdversarialModule


@final
class SigmaScaled(FromPrior):
    """x = G(mu_k + tau s_k e): the deviations of a mixture prior, static or trained, scaled after training.

    `tau` below 1 gives quality for diversity, above 1 diversity for quality; at 0 every component has one image. The
    means stay. Scaling a covariance by s is tau = sqrt(s). Raises GanLabError for a model without a mixture prior.
    Source: Ben-Yosef & Weinshall 2018, arXiv 1808.10356.
    """

    prior: GaussianMixture

    def __init__(self, *, batch_size: int, tau: float) -> None:
        super().__init__(batch_size=batch_size)
        if tau < 0:
            raise ValueError(f"tau scales a standard deviation and must not be negative, and {tau} is")
        self.tau = tau

    def prepare(self, model: "AdversarialModule", real: Samples) -> None:
        if not isinstance(model.averaged_prior, GaussianMixture):
            prior = type(model.averaged_prior).__name__
            raise GanLabError(f"sampler=sigma_scaled needs a model with a mixture prior, and this one has {prior}")
        super().prepare(model, real)

    def change(self, latent: Latent) -> Latent:
        middle = self.prior.means[latent.component]
        return Latent(middle + self.tau * (latent.z - middle), latent.component)
