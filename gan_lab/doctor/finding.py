"""What a finding is. Imports no torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a run, or that limits what it tells.

    `figure` is what was `measured`, and `threshold` the value beyond which that is a finding. `tries` are overrides
    that may mend it, best first; see `command_of`. A finding that is not `serious` does not say that the run failed.
    """

    name: str
    sentence: str
    measured: str
    figure: float
    threshold: float
    tries: Sequence[str]
    serious: bool = True

    @property
    def brief(self) -> dict[str, Any]:
        """What records keep of a finding."""
        return {"name": self.name, "serious": self.serious, "figure": self.figure, "threshold": self.threshold}

    @property
    def evidence(self) -> str:
        """The figure in words; what is infinite is told by what was measured alone."""
        if not isfinite(self.figure):
            return self.measured
        return f"{self.measured} {self.figure:.3g}, threshold {self.threshold:.3g}"
