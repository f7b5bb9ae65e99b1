"""Augmentation of a fixed strength."""

from typing import final

from gan_lab.augment.base import Augmentation, Operations
from gan_lab.domains import Share


@final
class DiffAugment(Augmentation):
    """Applies every operation to every image if p = 1, as published.

    With p = 1 a generator could make what is changed already (a digit with a hole) where it looks the same after the
    changes; with p well below 1 the critic would see that (Karras et al. 2020, arXiv 2006.06676, section 2.2).
    `gan_lab.explain.leaks` measures it on pictures whose right form is known: with p = 1, none of the three operations
    leaks there, and a generator whose reals alone are changed learns the changes.
    Source: Zhao et al. 2020, arXiv 2006.10738. Deviation: a penalty takes the gradient with respect to the changed
    images T(x), where R1 in code of StyleGAN2's kind takes that of D(T(x)) with respect to x.
    """

    def __init__(self, *, operations: Operations, p: Share = 1.0) -> None:
        super().__init__(operations=operations, p=p)
