"""The truncation trick."""

from math import erf, sqrt
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegative, Positive, PositiveInt
from gan_lab.maths.float64 import double
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.from_prior import FromPrior
from gan_lab.types import GanLabError, Latent


@final
class Truncated(FromPrior):
    """x = G(psi z), where each coordinate of z is Gaussian, truncated to within `t` standard deviations of its mean.

    Truncation at t (null: none) multiplies the variance by 1 - 2 t phi(t) / (2 Phi(t) - 1), the factor psi by psi^2. In
    a mixture both act around the mean of the code's component. Codes are truncated with the inverse distribution
    function, z' = Phi^-1(Phi(-t) + Phi(z) (2 Phi(t) - 1)), so that each code is kept and their order does not change;
    rejection of whole vectors would keep 1 % of them at 100 dimensions and t = 2. For a uniform prior, psi scales the
    cube, and t is refused since it has no meaning.
    Source: Brock et al. 2018, arXiv 1809.11096, for t. psi scales latent codes here; StyleGAN's scales intermediate
    ones.
    """

    def __init__(self, *, batch_size: PositiveInt, t: Positive | None, psi: NonNegative) -> None:
        super().__init__(batch_size=batch_size)
        self.t = t
        self.psi = psi

    def prepare_on(self, context: SamplingContext) -> None:
        if isinstance(context.prior, Uniform) and self.t is not None:
            raise GanLabError("a uniform prior has no tails for sampler.t to cut: set sampler.t=null and sampler.psi")
        super().prepare_on(context)

    def change(self, latent: Latent) -> Latent:
        e = self.context.prior.standard(latent)
        return self.context.prior.from_standard(self.psi * (e if self.t is None else truncated(e, self.t)), latent)


def truncated(z: Float[Tensor, "n d"], t: float) -> Float[Tensor, "n d"]:
    """Returns standard normal numbers mapped to [-t, t] by equal probabilities, computed in float64."""
    # erf(z / sqrt 2) = 2 Phi(z) - 1 is symmetric, and truncation multiplies it by the mass in [-t, t].
    shrunk = erf(t / sqrt(2)) * torch.erf(double(z) / sqrt(2))
    return (sqrt(2) * torch.erfinv(shrunk)).clamp(-t, t).to(z.dtype).to(z.device)
