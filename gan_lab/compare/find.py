"""Finds runs and evaluations below folders."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from gan_lab.compare.result import NoRunError, Result, by_ending, read_evaluation, read_run
from gan_lab.errors import GanLabError
from gan_lab.runs.run_folder import EVALUATION, INSIDE, MARKS
from gan_lab.trust.lenient import printable

FOLDERS = 50_000
"""The largest number of folders to look into: a link may lead to a whole disk."""


@dataclass(frozen=True)
class Found:
    """The runs and evaluations that were found, and what was skipped."""

    results: list[Result]
    skipped: list[str]  # a sentence for each folder that could not be used


def find(folders: Sequence[Path]) -> Found:
    """Returns every run and evaluation below the folders once, in the natural order of their paths.

    Raises GanLabError for a path that is no folder.
    """
    refuse_other_paths(folders, "compare")
    below = {folder: [*walk(folder)] for folder in folders}
    places = {path.resolve(): path for paths in below.values() for path in paths}
    skipped = [f"{folder}: there is no run of gan_lab below it" for folder in folders if places and not below[folder]]
    trained: dict[Path, Result] = {}
    evaluations: list[Result] = []
    for path in tqdm(sorted(places, key=natural_path), "reading runs", delay=1.0, leave=False, disable=None):
        if MARKS & set(os.listdir(path)):
            with left_out(places[path], skipped):
                trained[path] = read_run(places[path])
    named = by_ending(trained)
    for path in places.values():
        if (path / EVALUATION).is_file():
            with left_out(path, skipped):
                evaluations.append(read_evaluation(path / EVALUATION, trained, named))
    return Found([*trained.values(), *evaluations], skipped)


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


@contextmanager
def left_out(path: Path, skipped: list[str]) -> Iterator[None]:
    """Adds a sentence to `skipped` for a folder that cannot be read, whatever is wrong with it: one bad folder does
    not stop the others."""
    try:
        yield
    except NoRunError as error:
        skipped.append(printable(f"{path}: {error}"))
    except Exception as error:
        skipped.append(printable(f"{path}: its files cannot be read ({type(error).__name__}: {error})"))


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
