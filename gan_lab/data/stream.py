"""The order of the training data in a run."""

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

    The image at position p = 0, 1, 2, ... is element p mod N of the permutation of epoch p // N, which depends only on
    (seed, epoch). Round r takes positions [r k B, (r + 1) k B) for k batches of the global size B, and each rank takes
    its contiguous share of each batch. So a batch can contain the end of one epoch and the start of the next, no image
    is dropped, all ranks play the same number of rounds, and a stream that starts at round r continues exactly like an
    uninterrupted one.

    Iteration starts at `first_round()`, which is called when iteration starts, since a checkpoint may have been
    restored after construction. Raises GanLabError if the ranks cannot share a batch equally, or if a batch is larger
    than the training set.
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
        """Returns this rank's share of round `number`, which has `batches_per_round` batches."""
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
        """Returns the indices of the samples at positions start, ..., stop - 1."""
        n = len(self.samples)
        epochs = range(start // n, (stop - 1) // n + 1)
        return torch.cat([self.order(e)[max(start - e * n, 0) : min(stop - e * n, n)] for e in epochs])

    def order(self, epoch: int) -> Int64[Tensor, " n"]:
        """Returns the permutation of one epoch. Only the latest is kept, since positions only increase."""
        if self.latest is None or self.latest[0] != epoch:
            # Drawn on the CPU, since the generator of a GPU would give another order.
            generator = torch.Generator().manual_seed(seed_of(self.seed, "order", epoch))
            self.latest = epoch, torch.randperm(len(self.samples), generator=generator).to(self.device)
        return self.latest[1]
