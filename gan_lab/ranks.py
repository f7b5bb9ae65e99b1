"""What one process needs to know of the others of its run, and what they do together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch.distributed as dist
from torch import Tensor


def rank() -> int:
    """This process's rank; 0 where there is only one."""
    return dist.get_rank() if grouped() else 0


def alone() -> bool:
    """Whether this process is the only one of its run."""
    return not grouped() or dist.get_world_size() == 1


def grouped() -> bool:
    """Whether there is a process group, of one process or more."""
    return dist.is_available() and dist.is_initialized()


def average(values: Tensor) -> Tensor:
    """The mean over all ranks, in place."""
    if not alone():
        dist.all_reduce(values)
        values /= dist.get_world_size()
    return values


def maximum(values: Tensor) -> Tensor:
    """The largest over all ranks, in place."""
    if not alone():
        dist.all_reduce(values, dist.ReduceOp.MAX)
    return values


_inside = ContextVar("inside rank_zero_first", default=False)


@contextmanager
def rank_zero_first() -> Iterator[None]:
    """The block runs on rank 0 and then on the others, which find what rank 0 left on disk.

    A block inside a block just runs: a rank that finds what the outer one is for never enters it. An error on rank 0
    opens the barrier too: the others then meet the same error instead of waiting for ever.
    """
    if _inside.get():
        yield
        return
    if rank() > 0:
        dist.barrier()
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)
        if rank() == 0 and not alone():
            dist.barrier()
