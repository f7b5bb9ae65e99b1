"""Writes files and folders completely or not at all. All other modules use it to replace files. Imports no torch."""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from gan_lab.errors import GanLabError
from gan_lab.runs.system_lock import NO_LINK, lockable, take


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Opens a file for writing that is renamed to `path` at the end of the block, or removed if the block fails.

    The file is new, lies beside `path` and has a random name, so that no link is followed and no other file is
    touched. It is synced to the disk before it is renamed: a crash leaves the old file or the new one. What killed
    processes left of the same file is removed. An OSError names `path`.
    """
    with naming(path), fresh(path, lambda partial: partial.touch(exist_ok=False)) as partial:
        with open(partial, "wb", opener=no_link) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Lets an OSError of the block that names no file, such as that of a full disk, name this one."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def appending(path: Path) -> TextIO:
    """Opens a text file to write at its end. Raises OSError where it is a link."""
    return open(path, "a", newline="", encoding="utf-8", opener=no_link)


def no_link(name: str, flags: int) -> int:
    """Opens a file, for `open`. Raises OSError where it is a link."""
    return os.open(name, flags | NO_LINK, 0o666)


@contextmanager
def replacing_folder(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Creates a folder that is renamed to `folder` at the end of the block, or removed if the block fails.

    With `overwrite` a folder that is there is removed, once the new one is complete. Without it, raises GanLabError
    where another process has filled `folder` meanwhile.
    """
    with fresh(folder, Path.mkdir) as partial:
        yield partial
        if not overwrite:
            refuse_taken(folder)
        before = beside(folder)
        if folder.is_dir():
            os.replace(folder, before)  # no folder is renamed to one that is there, on Windows not to an empty one
        os.replace(partial, folder)
        remove(before)


def refuse_taken(folder: Path) -> None:
    """Raises GanLabError for a folder that is not empty and for a path that is not a folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GanLabError(f"out={folder} exists and is not empty: choose another folder, or remove it")


def beside(path: Path) -> Path:
    """Returns a hidden path in the same folder that ends in .partial."""
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")


@contextmanager
def fresh(path: Path, create: Callable[[Path], object]) -> Iterator[Path]:
    """Creates a partial file or folder for `path`, and removes it at the end of the block if it is still there.

    It is locked until then, which tells others that a living process writes it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_dead(path.parent, path.name)
    with ExitStack() as held:
        partial = created(path, create, held)
        try:
            yield partial
        finally:
            remove(partial)


def created(path: Path, create: Callable[[Path], object], held: ExitStack) -> Path:
    """Returns a new partial file or folder, which is locked until `held` ends."""
    while True:
        partial = beside(path)
        create(partial)
        with suppress(FileNotFoundError):  # another process took it for a dead one before it was locked
            if take(held.enter_context(lockable(partial)), without_locks=True):
                partial.lstat()
                return partial


def remove_dead(folder: Path, name: str | None = None) -> None:
    """Removes the partial files and folders in `folder`, those of `name` alone where it is given, whose processes were
    killed: nobody holds their lock."""
    for partial in folder.glob(f".{'*' if name is None else escape(name)}.*.partial"):
        with suppress(OSError), lockable(partial) as descriptor:
            if take(descriptor):
                remove(partial)


def remove(partial: Path) -> None:
    """Removes a file or folder that may be gone already."""
    if partial.is_dir() and not partial.is_symlink():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


def move(path: Path, target: Path) -> None:
    """Gives a file or folder another name on the same disk."""
    os.replace(path, target)


def keep_as(path: Path, second: Path) -> None:
    """Gives the file at `path` a second name, which another file may have had; replacing `path` leaves it there."""
    partial = beside(second)
    try:
        try:
            os.link(path, partial)
        except OSError:  # not every file system has such links
            shutil.copyfile(path, partial)
        os.replace(partial, second)
    finally:
        partial.unlink(missing_ok=True)  # a rename between two names of one file does nothing


def write_bytes(path: Path, content: bytes) -> None:
    """Writes the file atomically."""
    with replacing(path) as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 atomically. Incomplete characters, which damaged files have, become question marks."""
    write_bytes(path, text.encode("utf-8", errors="replace"))


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Writes JSON atomically, with null for NaN and infinity, which JSON does not have."""
    write_text(path, json.dumps(without_nan(record), indent=2) + "\n")


def without_nan(value: Any) -> Any:
    """Returns the same nested value with None for every number that is not finite."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value
