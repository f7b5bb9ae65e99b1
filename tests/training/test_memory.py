"""Freed memory stays with the process."""

import os
import resource
import sys
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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks glibc")
def test_memory_that_is_used_again_costs_few_page_faults(tmp_path: Path) -> None:
    """Hardly any of it comes from the system; otherwise all does."""
    processes = [Forked(use_again, keep, cwd=tmp_path, env={**os.environ}) for keep in (True, False)]
    kept, otherwise = (int(process.communicate(timeout=120)[0]) for process in processes)
    assert 4 * kept < otherwise
