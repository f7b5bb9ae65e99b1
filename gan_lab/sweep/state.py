"""What a job's folder says of it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gan_lab.distributed.environment import first
from gan_lab.runs.run_folder import RunFolder

SWEEP = "GAN_LAB_SWEEP"
"""The environment variable that tells workers which process is the sweep's: they may be that process themselves."""

OVER = ("finished", "pruned")
"""States of jobs that are not run again."""


@dataclass(frozen=True)
class State:
    """`status` is waiting, running, interrupted, failed, pruned or finished; `done` the share of generator steps."""

    status: str
    done: float = 0.0
    best: float | None = None  # value of `monitor`, of a finished job
    monitor: str = ""
    reason: str = ""


def state(run: Path) -> State:
    """Of the job whose folder this is. One that says it runs while nobody holds its folder was killed."""
    summary = RunFolder(run).read_summary()
    if not summary:
        return State("running" if held(run) else "waiting")
    status = summary["status"]
    if status == "running" and not held(run):
        status = "interrupted"
    monitor = summary.get("monitor", "fid")
    best = summary.get("measures", {}).get("best", {}).get(monitor)
    length = summary.get("length") or 0
    done = 1.0 if status in OVER else min(1.0, summary["generator_steps"] / length) if length else 0.0
    return State(status, done, best, monitor, summary.get("reason", ""))


@contextmanager
def only_process(run: Path) -> Iterator[None]:
    """Around whatever trains in a folder: a second process waits until the first has ended, however it ended.

    A sweep that was killed may leave processes of other launchers behind, which its continuation must not meet. The
    system releases the lock of a process that dies. File systems without locks on folders go without.
    """
    if not first():  # that one has it
        yield
        return
    descriptor = os.open(run, os.O_RDONLY)
    try:
        waited = 0.0
        while not locked(descriptor):
            if waited == 0.5:  # shorter is but somebody's look whether it runs
                print(f"another process trains in {os.path.relpath(run)}: waiting until it has ended", flush=True)
            time.sleep(0.25)
            waited += 0.25
        yield
    finally:
        os.close(descriptor)


def held(run: Path) -> bool:
    """Whether a process trains in this folder now."""
    if not run.is_dir():
        return False
    descriptor = os.open(run, os.O_RDONLY)
    try:
        return not locked(descriptor)
    finally:
        os.close(descriptor)


def locked(descriptor: int) -> bool:
    """Whether the lock could be had, or there are none here."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
