"""A sweep of many jobs leaves nothing of them in its process."""

from pathlib import Path

import pytest

from tests.faults.sweep_of_many import sweep_of_many

JOBS = 12

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "more", [(), pytest.param(("optimizer.lr=1e30",), marks=pytest.mark.nightly)], ids=["finished", "failed"]
)
def test_a_job_leaves_no_model_no_file_and_no_thread(tmp_path: Path, more: tuple[str, ...]) -> None:
    """Of memory, a few jobs show only what is loaded once: `python -m tests.faults.sweep_of_many jobs=200` shows it."""
    found = sweep_of_many(JOBS, tmp_path, *more)
    assert found["models_at_the_end"] == 0
    assert max(found["models_per_job"], found["files_per_job"], found["threads_per_job"]) < 0.2
