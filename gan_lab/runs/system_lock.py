"""Locks of the operating system on files and folders, which end with the process that holds them. Imports no torch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import lock_descriptor

POSIX = os.name == "posix"
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""The flag that refuses a link, where the system has it."""
AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""The flag with which opening a pipe does not wait for its other end."""


@contextmanager
def lockable(path: Path, *, create: bool = True) -> Iterator[int]:
    """Opens what is locked for a file or folder, and at the end of the block gives its lock back, if it was taken.

    This is the file or folder itself. Windows opens no folder, and nobody may read or rename there what is locked: so
    it is a hidden file beside it, which goes with the last process that has opened it. Raises FileNotFoundError where
    the file or folder is not there, or that hidden file, which nobody has opened then, and which is not to be created.
    """
    stand_in = None if POSIX else path.with_name(f".{path.name}.lock")
    if stand_in is not None:
        descriptor = os.open(stand_in, os.O_RDWR | os.O_CREAT * create, 0o666)
    else:  # some network file systems lock for those alone who may write, which nobody may to a folder
        descriptor = os.open(path, (os.O_RDONLY if path.is_dir() else os.O_RDWR) | NO_LINK | AT_ONCE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
        if stand_in is not None:
            with suppress(OSError):  # others have it open
                stand_in.unlink()


def take(descriptor: int, without_locks: bool = False) -> bool:
    """Returns whether this process now holds the lock of what is open here; `without_locks` where the file system has
    none."""
    try:
        return lock_descriptor(descriptor, blocking=False)
    except OSError:
        return without_locks
