"""The base class of data of points in the plane, or on a line."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.data.base import DataModule, Samples
from gan_lab.noise import seed_of


class Toy(DataModule, ABC):
    """50,000 / 10,000 / 10,000 independent draws from a distribution of points, of about unit scale."""

    one_pool = True

    @abstractmethod
    def draw(self, n: int, generator: torch.Generator) -> Samples:
        """Returns n independent points."""

    def load(self) -> tuple[Samples, Samples, Samples]:
        return self.part("train", 50_000), self.part("validation", 10_000), self.part("test", 10_000)

    def part(self, name: str, n: int) -> Samples:
        return self.draw(n, torch.Generator().manual_seed(seed_of(self.split_seed, type(self).__name__, name)))


def mixture(modes: Float[Tensor, "k 2"], std: float, n: int, generator: torch.Generator) -> Samples:
    """Returns n points of the mixture of N(mode, std^2 I) with equal weights, labelled with the index of their mode."""
    labels = torch.randint(len(modes), (n,), generator=generator)
    return Samples(modes[labels] + std * torch.randn(n, 2, generator=generator), labels)
