"""The truncation trick."""

from math import erf, sqrt
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegative, Positive, PositiveInt
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.from_prior import FromPrior
from gan_lab.types import GanLabError, Latent


@final
class Truncated(FromPrior):
    """x = G(psi z), where each coordinate of z is its Gaussian's, given that it lies within `t` standard deviations.

    Hard truncation by t (null: none) has variance 1 - 2 t phi(t) / (2 Phi(t) - 1) of the prior's; the soft one, by
    psi, has psi^2. In a mixture both act around the mean of the code's component. By the inverse distribution function:
    z' = Phi^-1(Phi(-t) + Phi(z) (2 Phi(t) - 1)), one code for each and in the same order, where rejecting whole
    vectors would keep 1 % of them at 100 dimensions and t = 2. For a uniform prior, psi scales the cube; t has no
    meaning there and is refused.
    Source: Brock et al. 2018, arXiv 1809.11096 (t); psi scales codes here, StyleGAN's scales its inner ones.
    """

    def __init__(self, *, batch_size: PositiveInt, t: Positive | None, psi: NonNegative) -> None:
        super().__init__(batch_size=batch_size)
        if (t is not None and t <= 0) or psi < 0:
            raise ValueError(f"t must be above 0 or null and psi 0 or above, not {t} and {psi}")
        self.t = t
        self.psi = psi

    def prepare_on(self, context: SamplingContext) -> None:
        if isinstance(context.prior, Uniform) and self.t is not None:
            raise GanLabError("a uniform prior has no tails for sampler.t to cut: set sampler.t=null and sampler.psi")
        super().prepare_on(context)

    def change(self, latent: Latent) -> Latent:
        e = self.context.standard(latent)
        return self.context.from_standard(self.psi * (e if self.t is None else truncated(e, self.t)), latent)


def truncated(z: Float[Tensor, "n d"], t: float) -> Float[Tensor, "n d"]:
    """Standard normal numbers as normal ones within [-t, t], by equal probabilities; in float64 on the way."""
    # erf(z / sqrt 2) is 2 Phi(z) - 1: symmetric, and it shrinks by the kept mass.
    shrunk = erf(t / sqrt(2)) * torch.erf(z.double() / sqrt(2))
    return (sqrt(2) * torch.erfinv(shrunk)).clamp(-t, t).to(z.dtype)
