"""Pixels as features, without a network."""

import hashlib
from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import Extractor

MOST = 4096
"""The largest number of features; a larger covariance takes gigabytes."""


@final
class PixelFeatures(Extractor):
    """The pixels themselves, one feature each.

    They are for checks, and for distances that can be worked out by hand. Precision is meaningless on pixels, since a
    blurred image lies inside the ball around any sharp one.
    """

    has_head = False

    def __init__(self) -> None:
        super().__init__(name="pixels")

    @property
    def described(self) -> str:
        return "the pixels themselves"

    @property
    def digest(self) -> str:
        return hashlib.sha256(b"pixels / 255").hexdigest()

    def adapt(self, channels: int, height: int, width: int) -> None:
        if (pixels := channels * height * width) > MOST:
            raise GanLabError(f"metric=pixels takes images of up to {MOST} values, not {pixels}: use metric=random")

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], None]:
        return images.flatten(1), None
