"""The uniform prior on a cube."""

from math import log
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent


@final
class Uniform(LatentPrior):
    """z ~ U[-1, 1]^dim; log-density -dim log 2 inside the cube and -inf outside."""

    def sample(self, n: int, generator: torch.Generator, component: Int[Tensor, " n"] | None = None) -> Latent:
        return Latent(torch.rand(n, self.dim, generator=generator, device=generator.device) * 2 - 1)

    def moments(self, latent: Latent) -> tuple[Tensor, Tensor]:
        return latent.z.new_zeros(()), latent.z.new_full((), 3**-0.5)

    def standard(self, latent: Latent) -> Float[Tensor, "b d"]:
        return latent.z

    def from_standard(self, e: Float[Tensor, "b d"], like: Latent) -> Latent:
        return Latent(e, like.component)

    def log_prob(self, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        inside = (z.abs() <= 1).all(1)
        return torch.where(inside, -self.dim * log(2), -torch.inf)
