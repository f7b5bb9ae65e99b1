"""Freed memory stays with the process."""

import subprocess
import sys

import pytest

CODE = """
import resource, sys, torch
if sys.argv[1] == "keep":
    from gan_lab.training.memory import keep_freed_memory
    keep_freed_memory()
torch.set_num_threads(1)
for number in range(25):
    if number == 15:  # until then the heap has found where they fit
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(9 << 20)  # 36 MiB: above what glibc ever keeps by itself
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks glibc")
def test_memory_that_is_used_again_costs_few_page_faults() -> None:
    """Of ten times 36 MiB, hardly any comes from the system; otherwise all do."""
    assert 4 * faults("keep") < faults("as ever")
