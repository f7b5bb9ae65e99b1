"""Random numbers that are indexed by a key instead of drawn from one stream."""

import hashlib
import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def seed_of(*key: int | str) -> int:
    """Returns a 63-bit seed that depends on every part of the key and on nothing else."""
    digest = hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def seed_global(seed: int, device: torch.device) -> None:
    """Seeds the global stream on this device, from which layers of other libraries draw.

    `torch.manual_seed` seeds every kind of device, which takes a millisecond even if there is only a CPU.
    """
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)


STEPS = 2**16
"""The number of values of 16 bits."""


class IndexedNoise:
    """The random numbers of one turn, which do not depend on the number of processes that share the batch.

    Every draw is made for the whole global batch, from a generator seeded by the key, and this rank keeps its slice. So
    ranks get different numbers, one process and two draw the same batch, evaluation does not affect training, and a
    resumed run continues as if it had not stopped. Draws within a turn are made in order, so they depend on which
    penalties draw before, but they are the same in every run.
    """

    def __init__(self, key: tuple[int | str, ...], device: torch.device, rank: int = 0, world_size: int = 1) -> None:
        self.generator = torch.Generator(device).manual_seed(seed_of(*key))
        self.rank = rank
        self.world_size = world_size

    def uniform(self, batch: int, *shape: int) -> Float[Tensor, " b *shape"]:
        """Returns independent draws of U[0, 1) of shape (batch, *shape)."""
        return self.mine(torch.rand(self.everyones(batch), *shape, generator=self.generator, device=self.device))

    def normal(self, batch: int, *shape: int) -> Float[Tensor, " b *shape"]:
        """Returns independent draws of N(0, 1) of shape (batch, *shape)."""
        return self.mine(torch.randn(self.everyones(batch), *shape, generator=self.generator, device=self.device))

    def kept(
        self, probability: float, batch: int, *shape: int, parts: int = 1
    ) -> tuple[Bool[Tensor, " b *shape"], float]:
        """Returns independent draws of shape (batch, *shape) that are true with this probability, rounded to a multiple
        of 2^-16, which is returned too. `parts` says of how many batches, one after the other, this one consists.

        Each compares 16 random bits with the probability; a draw of torch's generator gives four of them.
        """
        dropped = round((1 - probability) * STEPS)
        count = self.everyones(batch) * math.prod(shape)
        words = torch.empty(-(-count // 4), dtype=torch.int64, device=self.device)
        bits = words.random_(-(2**63), None, generator=self.generator).view(torch.int16)  # uniform from -2^15 on
        drawn = bits[:count].view(parts, self.world_size, batch // parts, *shape)[:, self.rank]
        return (drawn >= dropped - STEPS // 2).flatten(0, 1), 1 - dropped / STEPS

    @property
    def device(self) -> torch.device:
        return self.generator.device

    def everyones(self, batch: int) -> int:
        """Returns the size of the global batch of which this rank has `batch` samples."""
        return batch * self.world_size

    def mine(self, drawn: Tensor) -> Tensor:
        """Returns this rank's slice of a draw made for the global batch."""
        share = len(drawn) // self.world_size
        return drawn[self.rank * share : (self.rank + 1) * share]
