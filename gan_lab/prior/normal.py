"""The standard normal prior."""

from math import log, pi
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent


@final
class Normal(LatentPrior):
    """z ~ N(0, I) in R^dim."""

    def sample(self, n: int, generator: torch.Generator, component: Int[Tensor, " n"] | None = None) -> Latent:
        return Latent(torch.randn(n, self.dim, generator=generator, device=generator.device))

    def gaussian(self, latent: Latent) -> tuple[Tensor, Tensor]:
        return latent.z.new_zeros(()), latent.z.new_ones(())

    def log_prob(self, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        return -0.5 * (z.square().sum(1) + self.dim * log(2 * pi))
