"""The base classes of generators and critics."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import Declared, NonNegativeInt, PositiveInt
from gan_lab.network.minibatch import BatchStatistics
from gan_lab.types import CriticOutput


class Generator(nn.Module, Declared, ABC):
    """Maps latent codes of `latent_dim` numbers to samples of `shape`: images in [-1, 1], or 2-D points.

    With `classes` above 0 the generator is conditional: it also gets the class of each sample.
    """

    def __init__(self, *, latent_dim: PositiveInt, shape: tuple[PositiveInt, ...], classes: NonNegativeInt = 0) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.shape = shape
        self.classes = classes

    @abstractmethod
    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        """Returns one sample per code. `labels` are the components of the codes, for conditional generators."""

    @property
    def passes(self) -> int:
        """The number of passes through a network that a sample takes."""
        return 1

    def concat_labels(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None) -> Float[Tensor, "b n"]:
        """Returns the input of the first layer: each code followed by its class as a one-hot vector, if conditional."""
        if self.classes == 0:
            return z
        if labels is None:
            raise ValueError("a conditional generator needs the class of every code")
        return torch.cat([z, F.one_hot(labels, self.classes).to(z.dtype)], 1)


class Critic(nn.Module, Declared, ABC):
    """Gives each sample of `shape` `outputs` scores, high for real, and the features from which they are computed."""

    is_energy: bool = False
    """Whether -score is an energy >= 0, which losses with a margin need."""

    def __init__(self, *, shape: tuple[PositiveInt, ...], outputs: PositiveInt) -> None:
        super().__init__()
        self.shape = shape
        self.outputs = outputs

    @abstractmethod
    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput: ...

    @property
    def gives_slopes(self) -> bool:
        """Whether there is `scores_and_slopes`, which is faster than one after the other."""
        return False

    def scores_and_slopes(
        self, real: Float[Tensor, " b *shape"], fake: Float[Tensor, " b *shape"], share: Float[Tensor, " b *ones"]
    ) -> tuple[CriticOutput, Float[Tensor, "b n"]]:
        """Returns the output for real and fake samples, one after the other, and the gradient of the score by the point
        share * real + (1 - share) * fake, flattened.

        Only the weights get gradients from them, and these cannot be differentiated again.
        """
        raise NotImplementedError

    @property
    def couples_samples(self) -> bool:
        """Whether a sample's score depends on the others in its batch, through batch norm or batch statistics.

        If so, real and fake samples must be judged in separate batches, and there are no per-sample gradients.
        """
        couplers = (nn.modules.batchnorm._BatchNorm, BatchStatistics)
        return any(isinstance(layer, couplers) for layer in self.modules())
