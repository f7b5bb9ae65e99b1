"""The interface for other ways to play a module's rounds, such as a CUDA graph."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from gan_lab.types import Batch


class RoundPlayer(ABC):
    """Plays rounds in place of the module."""

    @property
    def optimizer_options(self) -> Mapping[str, Any]:
        """Returns options with which the optimizers must be constructed."""
        return {}

    @abstractmethod
    def play_round(self, batches: list[Batch]) -> None:
        """Plays one round of the module. Afterwards the module's `played` contains its turns."""
