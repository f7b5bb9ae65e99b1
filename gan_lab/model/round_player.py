"""Another way to play a module's rounds than operation by operation."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from gan_lab.types import Batch


class RoundPlayer(ABC):
    """Plays rounds for a module, in its place."""

    @property
    def optimizer_options(self) -> Mapping[str, Any]:
        """What the optimizers must be made with."""
        return {}

    @abstractmethod
    def play_round(self, batches: list[Batch]) -> None:
        """Plays one round of the module, which then has its turns in `played`."""
