"""Ranks of the processes of a run, and joint computations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

Item = TypeVar("Item")


def rank() -> int:
    """Returns the rank of this process, 0 if it is the only one."""
    return dist.get_rank() if grouped() else 0


def alone() -> bool:
    """Returns whether this process is the only one of its run."""
    return not grouped() or dist.get_world_size() == 1


def grouped() -> bool:
    """Returns whether there is a process group, of one process or more."""
    return dist.is_available() and dist.is_initialized()


def average(values: Tensor) -> Tensor:
    """Averages over all ranks, in place, and returns the values."""
    if not alone():
        dist.all_reduce(values)
        values /= dist.get_world_size()
    return values


def average_all(values: Sequence[Tensor]) -> None:
    """Averages each tensor over all ranks, in place, with one message for each type of number."""
    if alone():
        return
    for dtype in dict.fromkeys(tensor.dtype for tensor in values):
        alike = [tensor for tensor in values if tensor.dtype == dtype]
        means = average(torch.cat([tensor.flatten() for tensor in alike])).split([tensor.numel() for tensor in alike])
        for tensor, mean in zip(alike, means, strict=True):
            tensor.copy_(mean.view_as(tensor))


def maximum(values: Tensor) -> Tensor:
    """Takes the maximum over all ranks, in place, and returns the values."""
    if not alone():
        dist.all_reduce(values, dist.ReduceOp.MAX)
    return values


_inside = ContextVar("inside rank_zero_first", default=False)


@contextmanager
def rank_zero_first() -> Iterator[None]:
    """Runs the block on rank 0 and then on the others, which find what rank 0 left on disk.

    A nested block runs without a barrier, because a rank that finds the result of the outer block never enters the
    inner one. An error on rank 0 releases the others too, which then meet the same error instead of waiting forever.
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
    """Marks a block that every rank runs on the same values: in it, `share` divides the work and `total` sums the
    results.

    Outside of it, as in `rank_zero_first`, a rank may compute alone and would wait for the others forever.
    """
    token = _together.set(True)
    try:
        yield
    finally:
        _together.reset(token)


def share(items: Sequence[Item]) -> Sequence[Item]:
    """Returns this rank's part of the work; outside of `together`, all items.

    Of r ranks, each takes every r-th item, so that expensive items at one end are also shared.
    """
    return items[rank() :: dist.get_world_size()] if _dividing() else items


def total(values: Tensor) -> Tensor:
    """Sums over ranks, in place, tensors that hold the results of a rank's `share` and zeros elsewhere.

    The sum is exact, as only zeros are added. Outside of `together` the values are returned as they are.
    """
    if _dividing():
        dist.all_reduce(values)
    return values


def _dividing() -> bool:
    return _together.get() and not _inside.get() and not alone()
