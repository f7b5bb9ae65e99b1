"""Random numbers that are indexed by a key instead of drawn from one stream."""

import hashlib

import torch
from jaxtyping import Float
from torch import Tensor


def seed_of(*key: int | str) -> int:
    """Returns a 63-bit seed that depends on every part of the key and on nothing else."""
    digest = hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def seed_global(seed: int, device: torch.device) -> None:
    """Seeds the stream that dropout draws from on this device.

    `torch.manual_seed` seeds every kind of device, which takes a millisecond even if there is only a CPU.
    """
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)


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
