"""Twenty-five Gaussians on a square grid."""

from typing import final

import torch

from gan_lab.data.base import Samples
from gan_lab.data.toy import Toy, mixture

TICKS = 2.0 * torch.arange(-2, 3)


@final
class Grid(Toy):
    """25 equal Gaussians of std 0.05 at {-4, -2, 0, 2, 4} x {-4, -2, 0, 2, 4}, everything divided by 2.828.

    As in the toy experiments of Gulrajani et al. 2017 (arXiv 1704.00028).
    """

    modes = torch.cartesian_prod(TICKS, TICKS) / 2.828
    mode_std = 0.05 / 2.828

    def draw(self, n: int, generator: torch.Generator) -> Samples:
        return mixture(self.modes, self.mode_std, n, generator)
