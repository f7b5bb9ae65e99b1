"""How many samples of one's own belong to each part. No torch here: a command is checked before it is imported."""

from pathlib import Path

LEAST = 2
"""The least number of samples of a part: fewer have no covariance, and no measure."""


def folder_parts(samples: int, validation_fraction: float, test_fraction: float) -> tuple[int, int, int]:
    """Returns the numbers of samples for training, which may be below 0, for validation and for test."""
    validation, test = (part_of(samples, share) for share in (validation_fraction, test_fraction))
    return samples - validation - test, validation, test


def part_of(samples: int, fraction: float) -> int:
    """Returns the number of samples that a fraction sets aside: at least the least that can be measured, unless 0."""
    return max(round(fraction * samples), LEAST if fraction > 0 else 0)


def too_few(samples: str, place: Path | str, parts: tuple[int, int, int], what: str) -> str:
    """Returns a sentence on samples of which a part gets too few; empty where every part has enough.

    `samples` begins it, with their number, and `what` they are called.
    """
    train, validation, test = parts
    if min(parts) >= LEAST:
        return ""
    return (
        f"{samples} in {place} would give {max(train, 0)} for training, {validation} for validation and {test} for "
        f"test, but each needs {LEAST} or more: add {what}, or set data.validation_fraction and data.test_fraction"
    )
