"""How samples of one's own become three parts: a folder of images, a file of points."""

from pathlib import Path

from gan_lab.data.base import counted
from gan_lab.data.folder_parts import folder_parts, too_few
from gan_lab.data.samples import Samples
from gan_lab.types import GanLabError

USUAL_BATCH = 64
Parts = tuple[int, int, int]
"""The numbers of samples for training, for validation and for test."""


def enough_parts(samples: int, noun: str, place: Path, validation: float, test: float) -> Parts:
    """Returns how many of these samples belong to each part. Raises GanLabError where a part gets too few."""
    parts = folder_parts(samples, validation, test)
    if why := too_few(f"The {counted(samples, noun)}", str(place), parts, f"{noun}s"):
        raise GanLabError(why)
    return parts


def fitting_batch(train: int) -> int:
    """Returns the usual size of a batch, or the largest power of two that so few training samples allow."""
    return USUAL_BATCH if train >= USUAL_BATCH else 1 << (train.bit_length() - 1)


def parted(samples: Samples, parts: Parts) -> tuple[Samples, Samples, Samples]:
    """Returns the first samples for training, the next ones for validation and the rest for test."""
    train, validation, _ = parts
    return (
        samples.subset(slice(train)),
        samples.subset(slice(train, train + validation)),
        samples.subset(slice(train + validation, None)),
    )
