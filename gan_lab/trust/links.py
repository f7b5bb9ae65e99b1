"""Folders that anybody may have made: what is written there must not land elsewhere, and no pipe is waited for.

Imports no torch.
"""

import os
import stat
from pathlib import Path

from gan_lab.errors import GanLabError


def refuse_traps(folder: Path) -> None:
    """Raises GanLabError for a link inside a folder that leads out of it, and for what is no file, such as a pipe.

    The folder itself may be a link, since the user named it; links inside that stay inside, as W&B makes them, are its
    own business. So is what lies in the folders of earlier runs of W&B, `wandb/offline-run-DATE-ID`, where it puts a
    link to its cache: it writes into a new one.
    """
    for root, inner, files in os.walk(folder):
        if Path(root).parent.name == "wandb":
            inner.clear()
            continue
        for name in (*inner, *files):
            path = Path(root, name)
            kind = path.lstat().st_mode
            if stat.S_ISLNK(kind):
                refuse_link_out(folder, path)
            elif not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                raise GanLabError(f"{path} is no regular file, and this command reads and writes there: remove it")


def refuse_link_out(folder: Path, path: Path) -> None:
    """Raises GanLabError for a path below a folder that leads out of it."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise GanLabError(
            f"{path} is a link that leads out of {folder}, where this command writes: replace it by what it leads to, "
            "or remove it"
        )
