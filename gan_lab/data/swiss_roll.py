"""A noisy spiral."""

from math import pi
from typing import final

import torch

from gan_lab.data.base import Samples
from gan_lab.data.toy import Toy


@final
class SwissRoll(Toy):
    """A noisy spiral: ((t cos t, t sin t) + 0.25 e) / 7.5, t = 1.5 pi (1 + 2 u), u ~ U[0, 1), e ~ N(0, I).

    These are the first and third columns of scikit-learn's `make_swiss_roll(noise=0.25)`, scaled as in the toy
    experiments of Gulrajani et al. 2017 (arXiv 1704.00028). There are no labels.
    """

    def draw(self, n: int, generator: torch.Generator) -> Samples:
        t = 1.5 * pi * (1 + 2 * torch.rand(n, generator=generator))
        noise = torch.randn(n, 2, generator=generator)
        return Samples((torch.stack([t * t.cos(), t * t.sin()], dim=1) + 0.25 * noise) / 7.5)
