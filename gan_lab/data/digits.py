"""The digits of scikit-learn, which need no download."""

from typing import final

import torch
import torch.nn.functional as F
from jaxtyping import Float32, UInt8
from sklearn.datasets import load_digits
from torch import Tensor

from gan_lab.data.base import DIGITS, DataModule, Samples, shuffled


@final
class Digits(DataModule):
    """The 1,797 handwritten digits that come with scikit-learn, 997 / 400 / 400, brought to MNIST's 28x28.

    They are the test part of the UCI set "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak,
    1998): 8x8 pixels with values 0..16, ten classes.
    """

    one_pool = True

    @property
    def title(self) -> str:
        return "scikit-learn's digits"

    @property
    def content(self) -> str:
        return DIGITS

    def load(self) -> tuple[Samples, Samples, Samples]:
        pixels, labels = load_digits(return_X_y=True)
        small = torch.from_numpy(pixels).float().view(-1, 1, 8, 8) / 16
        everything = shuffled(Samples(as_mnist(small), torch.from_numpy(labels).long()), self.split_seed, "digits")
        return (
            everything.subset(slice(997)),
            everything.subset(slice(997, 1397)),
            everything.subset(slice(1397, None)),
        )


def as_mnist(small: Float32[Tensor, "n 1 8 8"]) -> UInt8[Tensor, "n 1 28 28"]:
    """Returns digits in [0, 1] in the form of MNIST: scaled to 20x20 (bicubic), in the middle of a black 28x28.

    The black border is added before scaling, so that strokes at the border have smooth ends. Since enlarging blurs, the
    contrast is then raised by half around mid-grey, which makes the shares of black and white pixels similar to
    MNIST's.
    """
    bordered = F.pad(small, (2, 2, 2, 2))
    large = F.interpolate(bordered, scale_factor=2.5, mode="bicubic")[..., 1:-1, 1:-1]
    crisp = 1.5 * (large - 0.5) + 0.5
    return (255 * crisp).round().clamp(0, 255).to(torch.uint8)
