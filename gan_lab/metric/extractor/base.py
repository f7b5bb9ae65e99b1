"""The base class of extractors, which turn images into the features that metrics compare."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from gan_lab.data.base import DataModule
from gan_lab.domains import Declared
from gan_lab.maths.float32 import full_float32
from gan_lab.maths.float64 import double

HEAD_IMAGES = 10_000
"""The number of training images from which the affine head of an extractor without one is computed."""


class Extractor(nn.Module, Declared, ABC):
    """Maps uint8 images to features (f - mean) / scale, frozen and in full float32.

    The fixed affine head makes numbers comparable between extractors: with mean and scale = sqrt(tr Cov / d) of the
    features of training images, a dimension has variance 1 on average. So a Fréchet distance is in units of the data's
    variance, and KID's kernel (x·y/d + 1)³ neither saturates nor depends on the mean only. Dimensions are not scaled
    separately, since those that are almost constant would dominate.

    An extractor has no gradients, and `train()` leaves it in eval mode.
    """

    has_head: bool
    """Whether mean and scale came with the weights; otherwise `set_head` must be called."""
    classes: int = 0
    """The number of classes of its logits; 0 if it is no classifier."""
    scores_any_images: bool = False
    """Whether the Inception score takes its classes for images of any kind, as it is defined by those of Inception."""
    made_for: str | None = None
    """The content of the data that it was trained on, see `DataModule.content`; None if it is untrained."""
    mean: Float[Tensor, " d"]
    scale: Float[Tensor, ""]

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.name = name
        self.register_buffer("mean", torch.zeros(1))
        self.register_buffer("scale", torch.ones(()))

    def forward(self, images: UInt8[Tensor, "b c h w"]) -> Float[Tensor, "b d"]:
        """Returns the features alone."""
        return self.extract(images)[0]

    @torch.inference_mode()
    def extract(self, images: UInt8[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"] | None]:
        """Returns features and, for a classifier, log-probabilities of its `classes` up to a constant."""
        with full_float32(), torch.autocast(images.device.type, enabled=False):
            features, logits = self._extract(images.float() / 255.0)
            return (features - self.mean) / self.scale, logits

    def set_head(self, mean: Float[Tensor, " d"], scale: Float[Tensor, ""]) -> None:
        """Sets the features to (f - mean) / scale."""
        self.mean, self.scale = mean.to(self.mean), scale.to(self.scale)

    def clear_head(self) -> None:
        """Sets the features to f."""
        self.set_head(torch.zeros(1), torch.ones(()))

    def train(self, mode: bool = True) -> "Extractor":
        """Stays in eval mode."""
        return super().train(False)

    @property
    def described(self) -> str:
        """What the features are of, as a part of a sentence."""
        return self.name

    def fits(self, data: DataModule) -> bool:
        """Returns whether it was made for such samples."""
        return self.made_for == data.content

    def purpose(self, data: DataModule) -> str:
        """Returns what it was made for, as the protocol records it."""
        if self.made_for is None:
            return "no images in particular"
        return self.made_for if self.fits(data) else f"{self.made_for}, not these images"

    def classifies(self, data: DataModule) -> bool:
        """Returns whether its classes are those of the data."""
        return self.classes > 0 and self.fits(data) and data.num_classes in (0, self.classes)

    def tells_no_classes(self, data: DataModule) -> str | None:
        """Returns why measures of classes are left out: its classes are not those of the data.

        None means that they are computed or, for an extractor without classes, refused: then they were asked for.
        """
        if not self.classes or self.classifies(data):
            return None
        return f"{self.name} tells classes of {self.made_for} apart, not those of these images"

    @property
    @abstractmethod
    def digest(self) -> str:
        """The sha256 of everything that determines the features, except a fitted head."""

    @abstractmethod
    def adapt(self, channels: int, height: int, width: int) -> None:
        """Prepares for images of this shape. Raises GanLabError if that is impossible."""

    @abstractmethod
    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"] | None]:
        """Returns features before the affine head, and logits, of images in [0, 1]."""


def affine_head(features: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, ""]]:
    """Returns (mean, sqrt(tr Cov / d)) in float64, with the unbiased covariance."""
    features = double(features)
    return features.mean(0), features.var(0).mean().sqrt()
