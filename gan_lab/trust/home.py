"""The home folder in paths that a user or a file names. Imports no torch."""

import os
from pathlib import Path


def expanded(path: str | Path) -> Path:
    """Returns the path with the home folder in place of `~`. Where there is no such user, it stays as it is written."""
    return Path(os.path.expanduser(path))
