"""One run replaces another in its folder only where the user says so, and not before it has begun. Imports no torch."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_lab.distributed.environment import first, one_of_many
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import move
from gan_lab.runs.run_folder import CHECKPOINTS, INSIDE, MARKS, MEASURES, REPLAY, REPORT, RunFolder
from gan_lab.terminal.commands import assigned, from_here

ASIDE, MOVING = ".replaced", ".replacing"
"""The folders inside a run folder that hold the older run: all of it, and while its files are moved."""
FILES = (*MARKS, MEASURES, REPORT, REPLAY, *INSIDE)
"""Everything that a training writes; what else lies in the folder stays."""


def refuse_overwriting(folder: RunFolder, overwrite: bool) -> None:
    """Raises GanLabError where the folder holds a run and `overwrite` does not allow to replace it.

    Jobs of a multirun go on with the run in their folder instead.
    """
    taken = folder.summary.exists() or any((folder.path / CHECKPOINTS).glob("*.ckpt"))
    if first() and taken and not overwrite and not one_of_many():
        path = from_here(folder.path)
        raise GanLabError(
            f"{path} holds a run already: choose another folder with hydra.run.dir=FOLDER, continue that run with "
            f"{assigned('resume', path)}, or replace it with overwrite=true"
        )


def refuse_in_sweep(overwrite: bool) -> None:
    """Raises GanLabError where a sweep, whose command goes on with what is there, is to overwrite it."""
    if overwrite:
        raise GanLabError(
            "overwrite=true is for a single run: give this sweep a folder of its own, hydra.sweep.dir=FOLDER"
        )


@contextmanager
def replaced(folder: RunFolder, overwrite: bool) -> Iterator[None]:
    """Sets the files of an older run aside, if `overwrite` says so, and removes them when the block has ended.

    Where the block fails before the new run has saved a second checkpoint, they are put back as they were. What a run
    that was killed has left aside is removed or put back by the next one in the same way.
    """
    if first():
        if overwrite:
            put_back(folder.path)
            clear(folder.path, folder.path / MOVING)
            move(folder.path / MOVING, folder.path / ASIDE)
        elif (folder.path / MOVING).is_dir():
            put_back(folder.path)
    try:
        yield
    except BaseException:
        if first() and not folder.checkpoint("previous").exists():
            put_back(folder.path)
        raise
    finally:
        if first():
            shutil.rmtree(folder.path / ASIDE, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Puts the files of an older run, if there are any aside, in the place of the new one's.

    A process that is killed in between leaves nothing that the next call would not finish.
    """
    aside, moving = folder / ASIDE, folder / MOVING
    if aside.is_dir() and not aside.is_symlink():
        clear(folder, None)
        move(aside, moving)
    if moving.is_dir() and not moving.is_symlink():
        clear(moving, folder)
        moving.rmdir()


def clear(source: Path, target: Path | None) -> None:
    """Moves a run's files out of a folder, into another one, which is made, or to nowhere."""
    if target is not None:
        target.mkdir(exist_ok=True)
    for name in FILES:
        path = source / name
        if not os.path.lexists(path):
            continue
        if target is not None:
            move(path, target / name)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
