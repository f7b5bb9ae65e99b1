"""Where latent codes come from."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import PositiveInt
from gan_lab.types import GanLabError, Latent


class LatentPrior(nn.Module, ABC):
    """A distribution over z in R^dim. Its parameters, if it has any, are trained with the generator's loss."""

    components: int = 0
    """How many components a mixture has; 0 for what is none."""

    learning_rate: float | None = None
    """Of the prior's own parameters; None for that of the generator, with whose loss they are trained."""

    def __init__(self, *, dim: PositiveInt) -> None:
        super().__init__()
        if dim < 1:
            raise ValueError(f"a prior needs at least one dimension, not {dim}")
        self.dim = dim

    @abstractmethod
    def sample(self, n: int, generator: torch.Generator, component: Int[Tensor, " n"] | None = None) -> Latent:
        """n independent codes on the generator's device, differentiable by the prior's parameters.

        `component` chooses each code's component; None draws them evenly. What is no mixture ignores it.
        """

    @abstractmethod
    def log_prob(self, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        """The log-density of each code, in nats."""

    def gaussian(self, latent: Latent) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the Gaussian that each code was drawn from, that of its component in a
        mixture; both broadcast against z. Raises GanLabError for a prior that is none."""
        raise GanLabError(f"the prior {type(self).__name__} is not Gaussian: its codes have no mean and deviation")

    def diagnostics(self) -> dict[str, Float[Tensor, ""]]:
        """What is worth watching of this prior during training; nothing for a fixed one."""
        return {}
