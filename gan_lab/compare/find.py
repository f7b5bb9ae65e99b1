"""Finds runs and evaluations below folders."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from gan_lab.compare.result import NoRunError, Result, by_ending, read_evaluation, read_run
from gan_lab.runs.below import natural_path, refuse_other_paths, walk
from gan_lab.runs.run_folder import EVALUATION, MARKS
from gan_lab.trust.lenient import printable


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
