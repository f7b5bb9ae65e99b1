"""A checkpoint carries its own hash, so that damage is found before it is used. Imports no torch."""

import hashlib
import zipfile
from pathlib import Path

MARK = b"sha256:"
LENGTH = len(MARK) + 64


def sealed(archive: bytes) -> bytes:
    """Returns the zip archive, which a checkpoint is, with the sha256 of its content as the archive's comment.

    The comment ends the file, after two bytes that hold its length; the hash is that of everything before these.
    """
    content = archive[:-2]  # an archive without a comment ends in the length 0
    return content + seal_of(content)


def seal_of(content: bytes) -> bytes:
    return LENGTH.to_bytes(2, "little") + MARK + hashlib.sha256(content).hexdigest().encode()


def intact(path: Path) -> bool:
    """Returns whether a file has the hash that it states, or, of a checkpoint that states none, whether the checksums
    of its parts hold."""
    content = path.read_bytes()
    if content[-LENGTH:].startswith(MARK):
        return content[-LENGTH - 2 :] == seal_of(content[: -LENGTH - 2])
    try:
        with zipfile.ZipFile(path) as archive:
            return not archive.comment and archive.testzip() is None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return False
