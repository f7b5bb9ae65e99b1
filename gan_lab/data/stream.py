"""The order in which a run sees its training data."""

from collections.abc import Callable, Iterator
from itertools import count

import torch
from jaxtyping import Int64
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.noise import seed_of
from gan_lab.types import Batch, GanLabError


class RoundStream:
    """Endless rounds of training data: round r is what the r-th `training_step` of a run receives.

    Every image that a run sees has a position p = 0, 1, 2, ...: it is element p mod N of the permutation of
    epoch p // N, which depends on (seed, epoch) alone. Round r takes positions [r k B, (r + 1) k B) for k
    batches of the global size B, and each rank takes its contiguous share of each batch. So batches cross the
    borders of epochs, no image is dropped, all ranks play equally many rounds, and a stream that starts at
    round r gives there what an uninterrupted one gives.

    Iteration starts at `first_round()`, asked when it starts: a checkpoint may have been restored since
    construction. Raises GanLabError if the ranks cannot share a batch equally or a batch is larger than the
    training set.
    """

    def __init__(
        self,
        samples: Samples,
        *,
        batch_size: int,
        batches_per_round: int,
        seed: int,
        first_round: Callable[[], int],
        device: torch.device,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if not 1 <= batch_size <= len(samples):
            raise GanLabError(
                f"data.batch_size={batch_size} must be at least 1 and at most {len(samples)}, "
                "the number of training samples"
            )
        if batch_size % world_size:
            raise GanLabError(
                f"data.batch_size={batch_size} is shared by all processes and must be a multiple of their "
                f"number, {world_size}"
            )
        self.samples = samples.to(device)
        self.batch_size = batch_size
        self.batches_per_round = batches_per_round
        self.seed = seed
        self.first_round = first_round
        self.device = device
        self.rank = rank
        self.world_size = world_size
        self.latest: tuple[int, Tensor] | None = None

    def __iter__(self) -> Iterator[list[Batch]]:
        return map(self.round, count(self.first_round()))

    def round(self, number: int) -> list[Batch]:
        """This rank's share of round `number`: `batches_per_round` batches."""
        size = self.batches_per_round * self.batch_size
        everyones = self.at_positions(number * size, (number + 1) * size).view(self.batches_per_round, -1)
        share = self.batch_size // self.world_size
        mine = everyones[:, self.rank * share : (self.rank + 1) * share]
        # One gather for the whole round; the batches are views of it.
        whole = self.samples.batch(mine.reshape(-1))
        if whole.labels is None:
            return [Batch(images) for images in whole.images.split(share)]
        return [Batch(*pair) for pair in zip(whole.images.split(share), whole.labels.split(share), strict=True)]

    def at_positions(self, start: int, stop: int) -> Int64[Tensor, " b"]:
        """Indices of the samples at positions start, ..., stop - 1."""
        n = len(self.samples)
        epochs = range(start // n, (stop - 1) // n + 1)
        return torch.cat([self.order(e)[max(start - e * n, 0) : min(stop - e * n, n)] for e in epochs])

    def order(self, epoch: int) -> Int64[Tensor, " n"]:
        """The permutation of one epoch. Positions only grow, so keeping the latest one is enough."""
        if self.latest is None or self.latest[0] != epoch:
            # Drawn on the CPU: a GPU's generator would give another order.
            generator = torch.Generator().manual_seed(seed_of(self.seed, "order", epoch))
            self.latest = epoch, torch.randperm(len(self.samples), generator=generator).to(self.device)
        return self.latest[1]
