"""Writes files and folders completely or not at all. All other modules use it to replace files. Imports no torch."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from gan_lab.errors import GanLabError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Opens a file for writing that is renamed to `path` at the end of the block, or removed if the block fails.

    The file is new, lies beside `path` and has a random name, so that no link is followed and no other file is
    touched. It is synced to the disk before it is renamed: a crash leaves the old file or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(path)
    try:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def appending(path: Path) -> TextIO:
    """Opens a text file to write at its end. Raises OSError where it is a link."""
    return open(path, "a", newline="", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o666))


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Creates a folder that is renamed to `folder` at the end of the block, or removed if the block fails.

    Raises GanLabError where another process has filled `folder` meanwhile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(folder)
    partial.mkdir()
    try:
        yield partial
        refuse_taken(folder)
        os.replace(partial, folder)  # an empty folder gives way
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def refuse_taken(folder: Path) -> None:
    """Raises GanLabError for a folder that is not empty and for a path that is not a folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GanLabError(f"out={folder} exists and is not empty: choose another folder, or remove it")


def beside(path: Path) -> Path:
    """Returns a hidden path in the same folder that ends in .partial."""
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")


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
