"""The measured costs of a study's methods: the file that comes with gan_lab, or one in the folder of the study."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_lab.domains import Positive, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import write_json
from gan_lab.study.trial import Trial
from gan_lab.trust.foreign import read_json

SHIPPED = Path(__file__).parent / "costs.json"
TRIAL = "experiment=study_trial"


class Costs:
    """What a round of each command line costs, in rounds of `model=gan`.

    The file that comes with gan_lab has the methods of experiment=study, so that a study is as long on every machine.
    What it lacks is measured once and kept in the folder of the study. Where a study has values of its own for all
    trainings (`common`), such as other networks, everything is measured.
    """

    def __init__(self, folder: Path, common: Sequence[str]) -> None:
        self.path = folder / "costs.json"
        self.common = [*common]
        self.known = {} if common else read(SHIPPED)
        if self.path.is_file():
            self.known = read(self.path, self.common) | self.known

    def measure(self, lines: Iterable[str], compose: Callable[..., Mapping[str, Any]]) -> None:
        """Measures the lines whose cost is not known, and keeps them. `compose` makes the configuration of one."""
        if missing := [line for line in dict.fromkeys(lines) if line not in self.known]:
            from gan_lab.study.round_cost import costs  # imports torch

            print(f"study: timing {len(missing)} kinds of rounds beside model=gan, once")
            self.known |= costs(missing, [TRIAL, *self.common], compose)
            write_json(self.path, {"common": self.common, "costs": self.known})

    def of(self, line: str) -> float:
        """Returns the cost of a line that is known."""
        return self.known[line]


def cost_line(trial: Trial, costly: Sequence[str]) -> str:
    """Returns the part of a trial's command line that its cost follows from."""
    own = [setting for setting in trial.settings if setting.partition("=")[0] in costly]
    return " ".join([*trial.words, *own])


def read(path: Path, common: Sequence[str] = ()) -> dict[str, float]:
    """Returns the costs in a file, none where they were measured with other values for all trainings than `common`.
    Raises GanLabError where it holds anything else."""
    found: Any = read_json(path)
    if found.get("common", []) != [*common]:
        return {}
    try:
        return conform(found.get("costs"), dict[str, Positive], "costs")
    except GanLabError as error:
        raise GanLabError(f"{path} is damaged: remove it, and the rounds are timed again") from error
