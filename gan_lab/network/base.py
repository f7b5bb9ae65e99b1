"""What every generator and every critic is."""

from abc import ABC, abstractmethod

from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.types import CriticOutput


class Generator(nn.Module, ABC):
    """Maps latent codes of `latent_dim` numbers to samples of `shape`: images in [-1, 1], or 2-D points."""

    def __init__(self, *, latent_dim: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.shape = shape

    @abstractmethod
    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        """One sample per code. `labels` are the codes' components, for networks that generate a chosen class."""


class Critic(nn.Module, ABC):
    """Scores samples of `shape`: `outputs` raw numbers each, high for real, and the features they were made from."""

    def __init__(self, *, shape: tuple[int, ...], outputs: int) -> None:
        super().__init__()
        self.shape = shape
        self.outputs = outputs

    @abstractmethod
    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput: ...

    @property
    def couples_samples(self) -> bool:
        """Whether a sample's score depends on the others in its batch.

        Then real and fake must be judged in separate batches, and no per-sample gradient exists.
        """
        return any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in self.modules())
