"""The base class of latent distributions."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import Declared, PositiveInt
from gan_lab.types import GanLabError, Latent


class LatentPrior(nn.Module, Declared, ABC):
    """A distribution over z in R^dim. Its parameters, if it has any, are trained with the generator's loss."""

    components: int = 0
    """The number of components of a mixture, or of classes; 0 if there are none."""

    learning_rate: float | None = None
    """The learning rate of the prior's parameters; None for that of the generator."""

    def __init__(self, *, dim: PositiveInt) -> None:
        super().__init__()
        self.dim = dim

    @abstractmethod
    def sample(self, n: int, generator: torch.Generator, component: Int[Tensor, " n"] | None = None) -> Latent:
        """Returns n independent codes on the generator's device, differentiable with respect to the prior's parameters.

        `component` chooses the component of each code; None draws it uniformly. Priors without components ignore it.
        """

    @abstractmethod
    def log_prob(self, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        """Returns the log-density of each code, in nats."""

    def gaussian(self, latent: Latent) -> tuple[Tensor, Tensor]:
        """Returns mean and standard deviation of the Gaussian from which each code was drawn (in a mixture, that of its
        component); both broadcast against z. Raises GanLabError if the prior is not Gaussian."""
        raise GanLabError(f"the prior {type(self).__name__} is not Gaussian: its codes have no mean and deviation")

    def moments(self, latent: Latent) -> tuple[Tensor, Tensor]:
        """Returns mean and standard deviation of each coordinate of what each code was drawn from, as `gaussian`."""
        return self.gaussian(latent)

    def standard(self, latent: Latent) -> Float[Tensor, "b d"]:
        """Returns e of z = mean + std e for the Gaussian that each code was drawn from: standard normal for codes of
        the prior, whatever their component. Codes of a uniform prior are returned unchanged."""
        mean, std = self.gaussian(latent)
        return (latent.z - mean) / std

    def from_standard(self, e: Float[Tensor, "b d"], like: Latent) -> Latent:
        """Returns z = mean + std e, with the components of `like`; e itself for a uniform prior."""
        mean, std = self.gaussian(like)
        return Latent(mean + std * e, like.component)

    def diagnostics(self) -> dict[str, Float[Tensor, ""]]:
        """Returns diagnostics of the prior's parameters for logging, by name; none for a fixed prior."""
        return {}
