"""Finds the folders of runs below other folders. Imports no torch."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gan_lab.errors import GanLabError
from gan_lab.runs.run_folder import EVALUATION, INSIDE, MARKS

FOLDERS = 50_000
"""The largest number of folders to look into: a link may lead to a whole disk."""


def runs_below(folders: Sequence[Path], command: str) -> list[Path]:
    """Returns the folder of every run below the folders once, in the natural order of their paths.

    Raises GanLabError for a path that is no folder.
    """
    refuse_other_paths(folders, command)
    runs = {path.resolve(): path for folder in folders for path in walk(folder) if MARKS & set(os.listdir(path))}
    return sorted(runs.values(), key=natural_path)


def refuse_other_paths(folders: Sequence[Path], command: str) -> None:
    """Raises GanLabError for a path that is no folder."""
    for folder in folders:
        if not folder.is_dir():
            wrong = "is no folder" if folder.exists() else "does not exist"
            raise GanLabError(f"{folder} {wrong}: {command} takes run folders, sweeps, and folders above them")


def walk(folder: Path) -> Iterator[Path]:
    """Yields the folders that may be runs or evaluations. Raises GanLabError where there are too many to look into."""
    seen: set[str] = set()
    above = {os.path.realpath(parent) for parent in (folder.absolute(), *folder.absolute().parents)}
    for root, inner, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen or (real in above and Path(root) != folder):  # a link back up, or to what holds all of this
            inner.clear()
            continue
        seen.add(real)
        if len(seen) > FOLDERS:
            raise GanLabError(f"there are more than {FOLDERS:,} folders below {folder}: name one nearer to the runs")
        inner[:] = [name for name in inner if name not in INSIDE and not name.startswith(".")]
        if (MARKS | {EVALUATION}) & set(files):
            yield Path(root)


def natural_path(path: Path) -> list[tuple[int, int, str]]:
    """Returns a key that sorts 2_gan before 10_gan."""
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d+)", str(path))]
