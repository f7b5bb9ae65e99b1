"""The files of extractors that this project trained. Imports no torch."""

from pathlib import Path

from gan_lab.errors import GanLabError
from gan_lab.trust.home import expanded

SHIPPED = Path(__file__).parent.parent / "weights"
"""The folder of the extractors that come with gan_lab."""


def trained_file(name: str, folder: str | None) -> Path:
    """Returns the file of an extractor in a folder, None being that of the shipped ones. Raises GanLabError where there
    is none."""
    path = (expanded(folder) if folder else SHIPPED) / f"{name}.safetensors"
    if not path.is_file():
        raise GanLabError(f"there is no extractor at {path}: train one with `python -m gan_lab.extractor name={name}`")
    return path
