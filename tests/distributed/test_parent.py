"""No process is left over when the one that started it has died."""

import os
import signal
import time
from pathlib import Path

from gan_lab.distributed.parent import follow_parent, job_over, save_first
from tests.forked import Forked


def follow(seconds: float) -> None:
    """A process that follows this one, which ends after so many seconds; the other one says what it noticed."""
    if os.fork() == 0:
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        job_over.clear()
        follow_parent(os.getppid(), save_first)
        deadline = time.monotonic() + 20
        while not stopped and time.monotonic() < deadline:
            time.sleep(0.01)
        Path("noticed").write_text(str(len(stopped)))
        job_over.set()
        time.sleep(20)
        Path("still there").touch()
        os._exit(0)
    time.sleep(seconds)
    os._exit(0)


def test_a_worker_saves_what_it_has_and_ends_when_nobody_waits_for_it(tmp_path: Path) -> None:
    Forked(follow, 0.3, cwd=tmp_path, env={**os.environ}).wait(timeout=60)
    deadline = time.monotonic() + 60
    while not (tmp_path / "noticed").exists() or not (tmp_path / "noticed").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (tmp_path / "noticed").read_text() == "1"


def follow_and_end() -> None:
    follow_parent(os.getppid(), save_first)


def test_following_keeps_no_process_from_its_end(tmp_path: Path) -> None:
    process = Forked(follow_and_end, cwd=tmp_path, env={**os.environ})
    assert process.wait(timeout=60) == 0
