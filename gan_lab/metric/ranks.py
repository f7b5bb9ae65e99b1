"""What the measures need to know of the other processes of a run."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch.distributed as dist


def rank() -> int:
    """This process's rank; 0 where there is only one."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


def alone() -> bool:
    """Whether this process is the only one of its run."""
    return not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1


@contextmanager
def rank_zero_first() -> Iterator[None]:
    """The block runs on rank 0 and then on the others, which find what rank 0 left on disk.

    An error on rank 0 opens the barrier too: the others then meet the same error instead of waiting for ever.
    """
    if rank() > 0:
        dist.barrier()
    try:
        yield
    finally:
        if rank() == 0 and not alone():
            dist.barrier()
