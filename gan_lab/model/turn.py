"""One turn of one player."""

from collections.abc import Callable
from dataclasses import dataclass

from gan_lab.types import Terms


@dataclass(frozen=True, slots=True)
class Turn:
    """The player, the terms that it minimises (with diagnostics), and what follows the optimizer's step."""

    player: str
    terms: Terms
    after: Callable[[], None] | None = None
