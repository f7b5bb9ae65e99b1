"""One point on a line."""

from typing import final

import torch

from gan_lab.data.base import Samples
from gan_lab.data.toy import Toy


@final
class PointMass(Toy):
    """Always the number 0: the data of the Dirac-GAN, whose solution is a generator that is 0, too.

    Source: Mescheder et al. 2018, arXiv 1801.04406, definition 2.1.
    """

    def draw(self, n: int, generator: torch.Generator) -> Samples:
        return Samples(torch.zeros(n, 1))
