"""One training of a study. Imports no torch."""

from collections.abc import Iterable
from dataclasses import dataclass

from gan_lab.doctor.loss_exploded import NOT_FINITE
from gan_lab.runs.state import OVER, State
from gan_lab.study.protocol import Method, Protocol


@dataclass(frozen=True)
class Trial:
    """A training with drawn settings, or, as a `final` one, with the best of them and another seed."""

    method: Method
    seed: int
    settings: tuple[str, ...]
    fixed: tuple[str, ...]
    steps: int
    measured: tuple[str, ...] = ()  # what leaves FID alone to be measured, of trials that are not final
    final: bool = False

    @classmethod
    def of(cls, method: Method, protocol: Protocol) -> "Trial":
        """Returns a trial of the method that has no settings yet, no seed and no length."""
        return cls(method, 0, (), tuple(protocol.fixed.get(method.model, ())), 1)

    @property
    def words(self) -> list[str]:
        """What all trainings of the method have on their command line."""
        return [f"model={self.method.model}", *self.method.words, *self.fixed]

    @property
    def overrides(self) -> list[str]:
        """The command line of the training, but for what all trainings of the study have in common."""
        recipe = (f"experiment=study_{'final' if self.final else 'trial'}", "sweep=study")  # for the sweeper's options
        measured = () if self.final else self.measured
        return [*recipe, *self.words, *self.settings, *measured, f"generator_steps={self.steps}", f"seed={self.seed}"]


def diverged(found: State) -> bool:
    """Returns whether a training stopped because a number of it was no longer finite. A crash is something else."""
    return found.status == "failed" and NOT_FINITE in found.reason


def over(found: State) -> bool:
    """Returns whether a trial need not be run again. One that diverged would do so once more."""
    return found.status in OVER or diverged(found)


def best_of(values: Iterable[float | None]) -> int | None:
    """Returns the number of the lowest value, None where there is none."""
    known = [(value, number) for number, value in enumerate(values) if value is not None]
    return min(known)[1] if known else None
