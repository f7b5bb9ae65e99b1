"""How much a file may expand to in memory before it is refused: a small file of somebody else may hold gigabytes.

The limits are raised by the environment: GAN_LAB_MAX_PIXELS for one picture, GAN_LAB_MAX_BYTES for one file of arrays.
"""

import os
from pathlib import Path

from gan_lab.errors import GanLabError

MAX_PIXELS = "GAN_LAB_MAX_PIXELS"
MAX_BYTES = "GAN_LAB_MAX_BYTES"
DEFAULTS = {MAX_PIXELS: 64_000_000, MAX_BYTES: 4_000_000_000}
"""A photograph of 8,000 x 8,000 pixels, and eighty times MNIST."""


def limit(name: str) -> int:
    """Returns a limit. Raises GanLabError where the environment gives no whole number above 0."""
    text = os.environ.get(name)
    if text is None:
        return DEFAULTS[name]
    if not text.isdecimal() or int(text) < 1:
        raise GanLabError(f"{name} is {text!r} in the environment and must be a whole number above 0")
    return int(text)


def refuse_pixels(width: int, height: int, path: Path) -> None:
    """Raises GanLabError for a picture of more pixels than allowed."""
    if width * height > limit(MAX_PIXELS):
        raise GanLabError(
            f"{path} has {width:,} x {height:,} pixels, but a picture may have {limit(MAX_PIXELS):,} of them: "
            f"{MAX_PIXELS}={width * height} in the environment allows it"
        )


def refuse_bytes(size: int, path: Path) -> None:
    """Raises GanLabError for a file whose content takes more bytes than allowed."""
    if size > limit(MAX_BYTES):
        raise GanLabError(
            f"{path} expands to {size:,} bytes or more, but a file may take {limit(MAX_BYTES):,}: "
            f"{MAX_BYTES}=NUMBER in the environment allows more"
        )
