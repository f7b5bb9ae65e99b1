"""Locks the folder of a run or a sweep, so that one process at a time trains in it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_lab.distributed.environment import first
from gan_lab.runs.system_lock import lockable, take
from gan_lab.terminal.commands import from_here


@contextmanager
def only_process(run: Path) -> Iterator[None]:
    """Locks the folder during the block: a second process waits until the first has ended, however it ended.

    A killed sweep may leave processes of other launchers running, and its continuation must not train beside them. The
    system releases the lock of a process that dies. On file systems without locks on folders nothing is locked.
    """
    if not first():  # the first process has the lock
        yield
        return
    with lockable(run.resolve()) as descriptor:
        wait_for(descriptor, f"another process is training in {from_here(run)}: waiting until it has ended")
        yield


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
    try:
        with lockable(run.resolve(), create=False) as descriptor:
            return not locked(descriptor)
    except FileNotFoundError:  # on Windows, where the lock is a file beside it
        return False


def locked(descriptor: int) -> bool:
    """Takes the lock and returns whether that succeeded; also True where the file system has no locks."""
    return take(descriptor, without_locks=True)
