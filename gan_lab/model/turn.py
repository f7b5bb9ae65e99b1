"""One turn of one player."""

from collections.abc import Callable
from dataclasses import dataclass

from gan_lab.types import Terms


@dataclass(frozen=True, slots=True)
class Turn:
    """The player, the terms that it minimises (with diagnostics), and what follows the optimizer's step.

    A turn that `waits` has its gradient computed, but its step is taken with that of the next turn that does not: so
    both players step from the same weights, and their terms may share a graph. A step that `extrapolates` only shows
    the next turns where it leads: the player's next step begins where this one did. It is neither counted nor logged.
    """

    player: str
    terms: Terms
    after: Callable[[], None] | None = None
    waits: bool = False
    extrapolates: bool = False
