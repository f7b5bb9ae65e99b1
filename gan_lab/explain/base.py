"""The base class of explanations."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from gan_lab.domains import Declared
from gan_lab.runs.picture_file import png_of

REAL, FAKE = "tab:blue", "tab:orange"
"""The colours of real and generated samples in every figure."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure, its numbers (plain numbers, lists and dicts, for JSON), and a few sentences about them.

    A notebook shows the figure.
    """

    figure: Figure
    numbers: dict[str, Any]
    sentences: list[str]

    def _repr_png_(self) -> bytes:
        return png_of(self.figure)


class Explanation(Declared, ABC):
    """One explanation, computed with the settings that it was built with."""

    @abstractmethod
    def explain(self) -> Explained: ...
