"""One process at a time trains in a folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_lab.distributed.environment import first


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
