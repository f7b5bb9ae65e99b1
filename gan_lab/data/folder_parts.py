"""How many images of a folder belong to each part. No torch here: a command is checked before it is imported."""

LEAST = 2
"""The least number of images of a part: fewer have no covariance, and no measure."""


def folder_parts(images: int, validation_fraction: float, test_fraction: float) -> tuple[int, int, int]:
    """Returns the numbers of images for training, which may be below 0, for validation and for test."""
    validation, test = (part_of(images, share) for share in (validation_fraction, test_fraction))
    return images - validation - test, validation, test


def part_of(images: int, fraction: float) -> int:
    """Returns the number of images that a fraction sets aside: at least the least that can be measured, unless 0."""
    return max(round(fraction * images), LEAST if fraction > 0 else 0)
