"""Augmentation of a fixed strength."""

from typing import final

from gan_lab.augment.base import Augmentation, Operations
from gan_lab.domains import Share


@final
class DiffAugment(Augmentation):
    """Applies every operation to every image if p = 1, as published.

    With p = 1 the generator may learn to make what is changed already (a digit with a hole), since after the changes it
    looks the same. With p well below 1, that is seen (Karras et al. 2020, arXiv 2006.06676, section 2.2).
    Source: Zhao et al. 2020, arXiv 2006.10738.
    """

    def __init__(self, *, operations: Operations, p: Share = 1.0) -> None:
        super().__init__(operations=operations, p=p)
