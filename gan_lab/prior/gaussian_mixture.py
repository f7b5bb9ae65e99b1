"""The mixture-of-Gaussians prior of GM-GAN, static or trained."""

from math import expm1, log, pi
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import NonNegative, Positive, PositiveInt
from gan_lab.noise import seed_of
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent


@final
class GaussianMixture(LatentPrior):
    """z | k ~ N(mu_k, diag(s_k^2)), k uniform on the K components; mu_k ~ U[-spread, spread]^dim at the start.

    Static: mu and s = std are fixed. Trainable ("dynamic"): mu_k and s_k = softplus(rho_k) are trained with the
    generator's loss. `std` is a standard deviation: for the paper's covariance sigma I it is sqrt(sigma), so a sigma of
    1.4 is 1.183. The means have their own seed, so that the runs of a sweep can share or vary them.
    Source: Ben-Yosef & Weinshall 2018, arXiv 1808.10356. Deviation: the trained covariance is diagonal instead of full.
    """

    means: Tensor
    rho: Tensor

    def __init__(
        self,
        *,
        dim: PositiveInt,
        components: PositiveInt,
        spread: NonNegative,
        std: Positive,
        trainable: bool,
        means_seed: int,
        learning_rate: Positive | None = None,
    ) -> None:
        super().__init__(dim=dim)
        self.components = components
        self.learning_rate = learning_rate
        own = torch.Generator().manual_seed(seed_of(means_seed, "mixture means"))
        means = spread * (2 * torch.rand(components, dim, generator=own) - 1)
        rho = torch.full((components, dim), std + log(-expm1(-std)))  # softplus^-1(std), without overflow
        if trainable:
            self.means, self.rho = nn.Parameter(means), nn.Parameter(rho)
        else:
            self.register_buffer("means", means)
            self.register_buffer("rho", rho)

    @property
    def std(self) -> Float[Tensor, "k d"]:
        """The standard deviations s_k of each coordinate."""
        return F.softplus(self.rho)

    def sample(self, n: int, generator: torch.Generator, component: Int[Tensor, " n"] | None = None) -> Latent:
        # The noise is drawn first, so that with K = 1, spread 0 and std 1 the codes equal those of the normal prior.
        noise = torch.randn(n, self.dim, generator=generator, device=generator.device)
        drawn = torch.randint(self.components, (n,), generator=generator, device=generator.device)
        component = drawn if component is None else component
        return Latent(self.means[component] + self.std[component] * noise, component)

    def gaussian(self, latent: Latent) -> tuple[Tensor, Tensor]:
        return self.means[latent.component], self.std[latent.component]

    def mix(self, weights: Float[Tensor, "b k"], noise: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        """Returns z = w mu + (w s) * noise: with one-hot weights as in `sample`, else codes between components."""
        return weights @ self.means + (weights @ self.std) * noise

    def log_prob(self, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        return self.log_joint(z).logsumexp(1)

    def log_joint(self, z: Float[Tensor, "b d"]) -> Float[Tensor, "b k"]:
        """Returns log p(z, k) of each component; its softmax is p(k | z)."""
        scaled = (z[:, None] - self.means) / self.std
        each = -0.5 * (scaled.square().sum(2) + self.dim * log(2 * pi)) - self.std.log().sum(1)
        return each - log(self.components)

    @torch.no_grad()
    def separation(self) -> Float[Tensor, ""]:
        """Returns min_{i != j} ||mu_i - mu_j|| / (2 mean std), half the distance of the two nearest means in standard
        deviations. It is infinite for one component."""
        if self.components == 1:
            return self.means.new_tensor(torch.inf)
        return torch.pdist(self.means).min() / (2 * self.std.mean())

    def diagnostics(self) -> dict[str, Float[Tensor, ""]]:
        return {"prior_separation": self.separation(), "prior_std": self.std.detach().mean()}
