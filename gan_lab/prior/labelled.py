"""Normal codes with class labels."""

from typing import final

from gan_lab.domains import PositiveInt
from gan_lab.prior.with_component import NormalWithComponent


@final
class Labelled(NormalWithComponent):
    """z ~ N(0, I) and, independently, a class k uniform on the N classes, both of which a conditional generator gets.

    `log_prob` is the density of z only. Source: Mirza & Osindero 2014, arXiv 1411.1784.
    """

    def __init__(self, *, dim: PositiveInt, components: PositiveInt) -> None:
        super().__init__(dim=dim, components=components)
