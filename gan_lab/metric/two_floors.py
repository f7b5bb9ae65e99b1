"""One floor, or two where the test images are of another set than the others. Imports no torch."""

from collections.abc import Mapping

Values = Mapping[str, float]

SECOND_PROTOCOL = "floor_validation_protocol"
"""Where evaluation.json states by which protocol its second floor was measured."""
FLOOR = "real (floor)"
WHY = (
    "There are two floors, because the test images are another set than the training and validation images, and no "
    "generator of training images can undo the shift between the sets: real (test) compares training images with the "
    "test images, real (validation) compares them with the validation images. Compare a value on test images with "
    "real (test), and a value on validation images with real (validation); being near real (test) alone says little."
)


def title_of(split: str) -> str:
    """Returns the title of the floor of one of two splits: `real (test)`."""
    return f"real ({split})"


def other_split(split: str) -> str:
    """Returns the split of the other floor."""
    return "validation" if split == "test" else "test"


def titled(own: Values, second: Values, split: str = "test") -> dict[str, Values]:
    """Returns the floors by their titles, that of the comparison's own split first; one alone where there is no second.

    `own` is measured against the real samples of `split`, `second` against those of the other split.
    """
    if not second:
        return {FLOOR: own}
    return {title_of(split): own, title_of(other_split(split)): second}
