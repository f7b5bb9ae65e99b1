"""One code of the prior, one sample."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING

import torch
from torch import nn

from gan_lab.data.samples import Samples
from gan_lab.sampler.base import Sampler
from gan_lab.types import Latent, SampleResult

if TYPE_CHECKING:
    from gan_lab.model.base import AdversarialModule


class FromPrior(Sampler, ABC):
    """x = G(t(z)), z from the prior, with the averaged (EMA) weights; a subclass says what t does to the codes."""

    def __init__(self, *, batch_size: int) -> None:
        self.batch_size = batch_size

    @abstractmethod
    def change(self, latent: Latent) -> Latent:
        """t(z)."""

    def prepare(self, model: "AdversarialModule", real: Samples) -> None:
        self.generator, self.prior = model.averaged_generator, model.averaged_prior

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator, *, rank: int = 0, world_size: int = 1) -> SampleResult:
        start = time.perf_counter()
        drawn = self.prior.sample(n, generator).map(lambda all_of_it: all_of_it.tensor_split(world_size)[rank])
        latent = self.change(drawn)
        with torch.autocast(latent.z.device.type, enabled=False), evaluation_mode(self.generator):
            labels = [None] if latent.component is None else latent.component.split(self.batch_size)
            parts = zip_longest(latent.z.split(self.batch_size), labels)
            x = torch.cat([self.generator(z, label) for z, label in parts])
        stats = {"generator_evaluations": float(len(x)), "seconds": time.perf_counter() - start}
        return SampleResult(x, latent, stats)


@contextmanager
def evaluation_mode(network: nn.Module) -> Iterator[None]:
    """Running statistics instead of the batch's, and no dropout, for as long as the context lasts."""
    was_training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was_training)
