"""Eight Gaussians on a circle."""

from math import pi
from typing import final

import torch

from gan_lab.data.base import Samples
from gan_lab.data.toy import Toy, mixture

ANGLES = torch.arange(8) * (2 * pi / 8)


@final
class Ring(Toy):
    """Eight equal Gaussians of std 0.02 on a circle of radius 2, everything divided by 1.414.

    As in the toy experiments of Gulrajani et al. 2017 (arXiv 1704.00028).
    """

    modes = 2 * torch.stack([ANGLES.cos(), ANGLES.sin()], dim=1) / 1.414
    mode_std = 0.02 / 1.414

    def draw(self, n: int, generator: torch.Generator) -> Samples:
        return mixture(self.modes, self.mode_std, n, generator)
