"""Links in folders that anybody may have made: what is written there must not land elsewhere. Imports no torch."""

import os
from pathlib import Path

from gan_lab.errors import GanLabError


def refuse_links_out(folder: Path) -> None:
    """Raises GanLabError for a link inside a folder that leads out of it.

    The folder itself may be a link, since the user named it; links inside that stay inside, as W&B makes them, are its
    own business.
    """
    for root, inner, files in os.walk(folder):
        for name in (*inner, *files):
            path = Path(root, name)
            if path.is_symlink():
                refuse_link_out(folder, path)


def refuse_link_out(folder: Path, path: Path) -> None:
    """Raises GanLabError for a path below a folder that leads out of it."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise GanLabError(
            f"{path} is a link that leads out of {folder}, where this command writes: replace it by what it leads to, "
            "or remove it"
        )
