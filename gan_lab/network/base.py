"""What every generator and every critic is."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import NonNegativeInt, PositiveInt
from gan_lab.network.minibatch import BatchStatistics
from gan_lab.types import CriticOutput


class Generator(nn.Module, ABC):
    """Maps latent codes of `latent_dim` numbers to samples of `shape`: images in [-1, 1], or 2-D points.

    A conditional one, with `classes` above 0, is told the class of each sample too.
    """

    def __init__(self, *, latent_dim: PositiveInt, shape: tuple[PositiveInt, ...], classes: NonNegativeInt = 0) -> None:
        super().__init__()
        if classes < 0:
            raise ValueError(f"classes must be 0, for what is not conditional, or above, not {classes}")
        self.latent_dim = latent_dim
        self.shape = shape
        self.classes = classes

    @abstractmethod
    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        """One sample per code. `labels` are the codes' components, for networks that generate a chosen class."""

    def concat_labels(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None) -> Float[Tensor, "b n"]:
        """What the first layer is given: latent_dim + classes numbers, the code and its class as a one-hot vector."""
        if self.classes == 0:
            return z
        if labels is None:
            raise ValueError("a conditional generator needs the class of every code")
        return torch.cat([z, F.one_hot(labels, self.classes).to(z.dtype)], 1)


class Critic(nn.Module, ABC):
    """Scores samples of `shape`: `outputs` raw numbers each, high for real, and the features they were made from."""

    is_energy: bool = False
    """Whether -score is an energy >= 0, as losses with a margin need it."""

    def __init__(self, *, shape: tuple[PositiveInt, ...], outputs: PositiveInt) -> None:
        super().__init__()
        self.shape = shape
        self.outputs = outputs

    @abstractmethod
    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput: ...

    @property
    def couples_samples(self) -> bool:
        """Whether a sample's score depends on the others in its batch: by batch norm or by batch statistics.

        Then real and fake must be judged in separate batches, and no per-sample gradient exists.
        """
        couplers = (nn.modules.batchnorm._BatchNorm, BatchStatistics)
        return any(isinstance(layer, couplers) for layer in self.modules())
