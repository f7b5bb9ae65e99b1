"""What every explanation is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

REAL, FAKE = "tab:blue", "tab:orange"
"""The two sides' colours in every figure."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure, the numbers it draws (plain numbers, lists and dicts, for JSON), and what they say in a few lines."""

    figure: Figure
    numbers: dict[str, Any]
    sentences: list[str]


class Explanation(ABC):
    """One argument, computed with the settings it was built with."""

    @abstractmethod
    def explain(self) -> Explained: ...
