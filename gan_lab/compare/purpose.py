"""What the extractor of older records was made for."""

from collections.abc import Mapping
from typing import Any

DIGITS = ("digits", "mnist")

MADE_FOR: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mnistcnn-v1": ("handwritten digits", DIGITS),
    "stacked-mnistcnn-v1": ("stacked handwritten digits", ("stacked_mnist",)),
    "random-v1": ("no images in particular", ()),
    "pixels": ("no images in particular", ()),
}
"""Purpose of the extractors that come with gan_lab, and the data sets that they fit; none named: all."""


def with_purpose(protocol: dict[str, Any]) -> dict[str, Any]:
    """Returns the protocol with `extractor_made_for` where it is older than that entry.

    So old and new records of the same measures are compared with each other.
    """
    purpose, datasets = MADE_FOR.get(str(protocol.get("extractor")), ("", ()))
    if not purpose or "extractor_made_for" in protocol:
        return protocol
    right = not datasets or protocol.get("dataset") in datasets
    return protocol | {"extractor_made_for": purpose if right else f"{purpose}, not these images"}
