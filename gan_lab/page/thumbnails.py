"""Reduces sample pictures so that those of many runs fit into one page."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gan_lab.runs.run_folder import RunFolder
from gan_lab.trust.limits import refuse_pixels

FRAMES = 600
"""The number of pictures in the whole page."""
LEAST = 2
"""The number of pictures of a run, if it has any: the first and the last one."""
WIDTH = 290
"""The approximate width of a picture in pixels, where many stand side by side."""
ROWS = 5
"""The number of rows of a grid of images that are kept."""
STEP = re.compile(r"step_(\d+)\.png")


def frames_per_run(runs: int) -> int:
    """Returns the number of pictures for each run that has any: `FRAMES // LEAST` runs at most."""
    return max(LEAST, min(10, FRAMES // max(runs, 1)))


def frames(
    folder: Path, most: int, last_step: int, grid_rows: int | None, width: int = WIDTH
) -> list[tuple[int, bytes]]:
    """Returns evenly spaced pictures of a run, including the first and last, as WebP with their generator steps.

    Of a grid of `grid_rows` rows the upper ones are shown; None shows all of it.
    """
    samples = RunFolder(folder).samples
    found = sorted((int(match[1]), path) for path in samples.glob("*.png") if (match := STEP.fullmatch(path.name)))
    if not found and (samples / "latest.png").is_file():
        found = [(last_step, samples / "latest.png")]
    small = [(step, shrunk(path, grid_rows, width)) for step, path in chosen(found, most)]
    return [(step, picture) for step, picture in small if picture is not None]


def chosen(items: Sequence[Any], most: int) -> list[Any]:
    """Returns at most `most` items, evenly spaced and including both ends."""
    if len(items) <= most:
        return list(items)
    return [items[index] for index in np.linspace(0, len(items) - 1, most).round().astype(int)]


def shrunk(path: Path, grid_rows: int | None, width: int = WIDTH) -> bytes | None:
    """Returns the upper rows of a grid at about so many pixels; None for a damaged picture, and for a link, since a
    picture from elsewhere does not belong to the run."""
    try:
        return None if path.is_symlink() or not path.is_file() else small(path, grid_rows, width)
    except Exception:  # PIL's decoders raise whatever they trip over
        return None


def small(path: Path, grid_rows: int | None, width: int) -> bytes:
    with Image.open(path, formats=["PNG"]) as opened:
        refuse_pixels(*opened.size, path)
        picture = opened.convert("RGB" if opened.mode not in ("L", "RGB") else opened.mode)
    if grid_rows is not None and grid_rows > ROWS:
        picture = picture.crop((0, 0, picture.width, round(picture.height * ROWS / grid_rows)))
    factor = max(1, round(picture.width / width))
    if min(picture.size) >= factor > 1:
        picture = picture.reduce(factor)
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=55, method=2)
    return file.getvalue()
