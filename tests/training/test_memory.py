"""Freed memory stays with the process."""

import ctypes
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan_lab.training.memory import keep_freed_memory
from tests.forked import Forked


def use_again(keep: bool) -> None:
    """Prints the page faults of ten times 36 MiB, which is above what glibc ever keeps by itself."""
    if keep:
        keep_freed_memory()
    before = 0
    for number in range(25):
        if number == 15:  # until then the heap has found where they fit
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(9 << 20)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)


def use_the_top_again(keep: bool) -> None:
    """Prints the page faults of ten times 36 MiB at the end of the heap, from where glibc gives memory back."""
    if keep:
        keep_freed_memory()
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    before = 0
    for number in range(13):
        if number == 3:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        place = ctypes.c_void_p(libc.malloc(ctypes.c_size_t(36 << 20)))
        ctypes.memset(place, 1, 36 << 20)
        libc.free(place)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks glibc")
@pytest.mark.parametrize("use", [use_again, use_the_top_again])
def test_memory_that_is_used_again_costs_few_page_faults(use: Callable[[bool], None], tmp_path: Path) -> None:
    """Hardly any of it comes from the system; otherwise all does."""
    processes = [Forked(use, keep, cwd=tmp_path, env={**os.environ}) for keep in (True, False)]
    kept, otherwise = (int(process.communicate(timeout=120)[0]) for process in processes)
    assert 4 * kept < otherwise
