"""Small images whose test part is shifted by a known amount, for tests of two floors."""

from typing import final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from gan_lab.data.base import DataModule, Samples
from gan_lab.metric.extractor.base import Extractor

N, SIDE = 64, 4
SHIFT = torch.arange(SIDE * SIDE, dtype=torch.uint8).view(1, SIDE, SIDE)
"""What is added to each test image, in levels of grey."""


class Shifted(DataModule):
    """Random images of 4x4 as training images, the same in another order as validation images, and the same plus
    `SHIFT` as test images."""

    def __init__(self, *, validation_images: int = N) -> None:
        super().__init__(shape=(1, SIDE, SIDE), num_classes=0, batch_size=8, seed=0, split_seed=0)
        self.validation_images = validation_images

    def load(self) -> tuple[Samples, Samples, Samples]:
        random = torch.Generator().manual_seed(3)
        images = torch.randint(20, 220, (N, 1, SIDE, SIDE), generator=random, dtype=torch.uint8)
        order = torch.randperm(N, generator=random)[: self.validation_images]
        return Samples(images), Samples(images[order]), Samples(images + SHIFT)


class OfOnePool(Shifted):
    """The same, but it says that it is of one pool."""

    one_pool = True


class Shares(DataModule):
    """Images of one grey each, dark (class 0) or bright (class 1): half of the training and validation images and a
    quarter of the test images are bright."""

    def __init__(self) -> None:
        super().__init__(shape=(1, 2, 2), num_classes=2, batch_size=8, seed=0, split_seed=0)

    @property
    def content(self) -> str:
        return "greys"

    def load(self) -> tuple[Samples, Samples, Samples]:
        return greys(20, 20), greys(20, 20), greys(30, 10)


def greys(dark: int, bright: int) -> Samples:
    labels = torch.tensor([0] * dark + [1] * bright)
    levels = 200 * labels + torch.arange(len(labels)) % 7
    return Samples(levels.view(-1, 1, 1, 1).expand(-1, 1, 2, 2).to(torch.uint8).contiguous(), labels)


@final
class Brightness(Extractor):
    """A classifier of greys that is never wrong."""

    has_head = True
    classes = 2
    made_for = "greys"

    def __init__(self) -> None:
        super().__init__(name="brightness")

    @property
    def digest(self) -> str:
        return "0" * 64

    def adapt(self, channels: int, height: int, width: int) -> None:
        pass

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"]]:
        pixels = images.flatten(1)
        bright = 20 * (pixels.mean(1, keepdim=True) - 0.4)
        return pixels, torch.cat([-bright, bright], 1)


def uint8(samples: Samples) -> UInt8[Tensor, "n d"]:
    """The images as rows."""
    return samples.values.flatten(1)
