"""Measures whether a generator produces the same image repeatedly."""

from typing import final

import torch
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.noise import seed_of


@final
class Duplicates(GatheredMetric):
    """The share of images that are equal, pixel by pixel, to another one of the set.

    If it is large, metrics of nearest neighbours are meaningless, since the nearest neighbour of a copy is at distance
    0, and so the radius of its ball is 0. Images are compared by a 64-bit hash, the sum of pixels with random odd
    weights modulo 2^64.
    """

    keys = ("duplicates",)

    def compute(self) -> dict[str, float]:
        _, index, times = self.gathered().unique(return_inverse=True, return_counts=True)
        return {"duplicates": (times[index] > 1).double().mean().item()}

    def _kept(self, fake: Features) -> Tensor:
        assert fake.images is not None
        return (fake.images.flatten(1).long() * self._weights).sum(1)

    def _nothing(self) -> Tensor:
        return torch.zeros(0, dtype=torch.int64, device=self.real.device)

    def _take_real(self, reference: Reference) -> None:
        if reference.real.images is None:
            raise ValueError("duplicates are found among images, not among features")
        generator = torch.Generator().manual_seed(seed_of("duplicates"))
        low, high = -(2**62), 2**62
        drawn = torch.randint(low, high, (reference.real.images[0].numel(),), generator=generator)
        self._weights = (2 * drawn + 1).to(self.real.device)
