"""Small files that appear whole or not at all. Imports no torch."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Writes beside the file and renames. Half letters, which torn files have, become question marks."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8", errors="replace")
    os.replace(temporary, path)
