"""What one process needs to know of the others of its run, and what they do together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import torch.distributed as dist
from torch import Tensor

Item = TypeVar("Item")


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


_together = ContextVar("inside together", default=False)


@contextmanager
def together() -> Iterator[None]:
    """Every rank runs the block, on the same values: in it, `share` divides the work and `total` adds up what came out.

    Elsewhere a rank may be the only one that computes, as in `rank_zero_first`: it would wait for the others for ever.
    """
    token = _together.set(True)
    try:
        yield
    finally:
        _together.reset(token)


def share(items: Sequence[Item]) -> Sequence[Item]:
    """Return this rank's part of the work; outside of `together`, all items.

    Of r ranks, each takes every r-th item, so that expensive items at one end are shared too.
    """
    return items[rank() :: dist.get_world_size()] if _dividing() else items


def total(values: Tensor) -> Tensor:
    """The sum over ranks, in place, of tensors that hold the results of a rank's `share` and zeros elsewhere: exact, as
    nothing but zeros is added. The values themselves outside of `together`."""
    if _dividing():
        dist.all_reduce(values)
    return values


def _dividing() -> bool:
    return _together.get() and not _inside.get() and not alone()
