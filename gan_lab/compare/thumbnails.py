"""Sample pictures, small enough that those of many runs fit into one page."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gan_lab.runs.run_folder import RunFolder

FRAMES = 600
"""In the whole page; of each run at least two, at most ten."""
WIDTH = 290
"""Pixels that a picture should about have."""
ROWS = 5
"""Of a grid of images."""
STEP = re.compile(r"step_(\d+)\.png")


def frames_per_run(runs: int) -> int:
    return max(2, min(10, FRAMES // max(runs, 1)))


def frames(folder: Path, most: int, last_step: int, grid_rows: int | None) -> list[tuple[int, bytes]]:
    """Evenly chosen pictures of a run, the first and the last among them, each with its generator step, as WebP."""
    samples = RunFolder(folder).samples
    found = sorted((int(match[1]), path) for path in samples.glob("*.png") if (match := STEP.fullmatch(path.name)))
    if not found and (samples / "latest.png").is_file():
        found = [(last_step, samples / "latest.png")]
    small = [(step, shrunk(path, grid_rows)) for step, path in chosen(found, most)]
    return [(step, picture) for step, picture in small if picture is not None]


def chosen(items: Sequence[Any], most: int) -> list[Any]:
    """At most so many, evenly spread, both ends among them."""
    if len(items) <= most:
        return list(items)
    return [items[index] for index in np.linspace(0, len(items) - 1, most).round().astype(int)]


def shrunk(path: Path, grid_rows: int | None) -> bytes | None:
    """The upper rows of a grid at about `WIDTH` pixels; None for a file that is no whole picture."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB" if opened.mode not in ("L", "RGB") else opened.mode)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    if grid_rows is not None and grid_rows > ROWS:
        picture = picture.crop((0, 0, picture.width, round(picture.height * ROWS / grid_rows)))
    factor = max(1, round(picture.width / WIDTH))
    if min(picture.size) >= factor > 1:
        picture = picture.reduce(factor)
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=55, method=2)
    return file.getvalue()
