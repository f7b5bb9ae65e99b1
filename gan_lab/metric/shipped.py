"""What comes with gan_lab for an extractor: measures of usual real images, which are dear to compute."""

from functools import cache
from pathlib import Path

from gan_lab.runs.bundle import Bundle

FOLDER = Path(__file__).parent / "measured"
"""The folder with a file for each extractor, which `python -m gan_lab.extractor.ship` writes."""


@cache
def shipped_with(extractor: str) -> Bundle | None:
    """Returns what comes with the extractor of this name, None where nothing does."""
    found = {path.stem: path for path in FOLDER.glob("*.safetensors")}
    return Bundle(found[extractor]) if extractor in found else None
