"""A folder that appears whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_lab.errors import GanLabError


def refuse_taken(folder: Path) -> None:
    """Raises GanLabError for a folder that has something in it, and for what is no folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GanLabError(f"out={folder} exists and is not empty: choose another folder, or remove it")


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder beside it to write into, which takes its name at the end of the block, or goes where that fails.

    Raises GanLabError where somebody else has filled `folder` meanwhile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    temporary.mkdir()
    try:
        yield temporary
        refuse_taken(folder)
        os.replace(temporary, folder)  # an empty folder gives way
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
