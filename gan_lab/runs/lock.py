"""Locks the folder of a run or a sweep, so that one process at a time trains in it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_lab.distributed.environment import first
from gan_lab.runs.atomic import take


@contextmanager
def only_process(run: Path) -> Iterator[None]:
    """Locks the folder during the block: a second process waits until the first has ended, however it ended.

    A killed sweep may leave processes of other launchers running, and its continuation must not train beside them. The
    system releases the lock of a process that dies. On file systems without locks on folders nothing is locked.
    """
    if not first():  # the first process has the lock
        yield
        return
    descriptor = os.open(run, os.O_RDONLY)
    try:
        wait_for(descriptor, f"another process is training in {os.path.relpath(run)}: waiting until it has ended")
        yield
    finally:
        os.close(descriptor)


def wait_for(descriptor: int, sentence: str) -> None:
    """Takes the lock of a file or folder as soon as it is free, and prints the sentence where that takes longer."""
    waited = 0.0
    while not locked(descriptor):
        if waited == 0.5:  # a shorter wait is for a process that only checks whether the run is locked
            print(sentence, flush=True)
        time.sleep(0.25)
        waited += 0.25


def held(run: Path) -> bool:
    """Returns whether a process is training in this folder now."""
    if not run.is_dir():
        return False
    descriptor = os.open(run, os.O_RDONLY)
    try:
        return not locked(descriptor)
    finally:
        os.close(descriptor)


def locked(descriptor: int) -> bool:
    """Takes the lock and returns whether that succeeded; also True where the file system has no locks."""
    return take(descriptor, without_locks=True)
