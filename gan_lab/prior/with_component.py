"""Normal codes with a value of their own for each, independent of them."""

from abc import ABC
from math import log, pi

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent


class NormalWithComponent(LatentPrior, ABC):
    """z ~ N(0, I) and, independently, k uniform on N values. `log_prob` is the density of z only."""

    def __init__(self, *, dim: PositiveInt, components: PositiveInt) -> None:
        super().__init__(dim=dim)
        self.components = components

    def sample(self, n: int, generator: torch.Generator, component: Int[Tensor, " n"] | None = None) -> Latent:
        z = torch.randn(n, self.dim, generator=generator, device=generator.device)
        drawn = torch.randint(self.components, (n,), generator=generator, device=generator.device)
        return Latent(z, drawn if component is None else component)

    def gaussian(self, latent: Latent) -> tuple[Tensor, Tensor]:
        return latent.z.new_zeros(()), latent.z.new_ones(())

    def log_prob(self, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        return -0.5 * (z.square().sum(1) + self.dim * log(2 * pi))
