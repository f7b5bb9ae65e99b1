"""The files of a run folder, and how they are read. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gan_lab.errors import GanLabError, UnreadableFileError
from gan_lab.runs.atomic import remove_dead
from gan_lab.runs.hub_folder import downloaded, is_on_hub
from gan_lab.runs.saved_folder import WEIGHTS, is_name, is_saved, no_such_model, saved_config, shipped
from gan_lab.trust.foreign import read_json, read_yaml
from gan_lab.trust.home import expanded

BestOrLast = Literal["best", "last"]

CONFIG, SUMMARY, METRICS = "config.yaml", "summary.json", "metrics.csv"
MEASURES = "measures.md"
"""The table of all measures of a run or of an evaluation, to be read."""
REPORT = "report.html"
"""The page that shows a run."""
REPLAY = "replay.json"
"""What was recorded of a run on points in the plane, to be replayed."""
MARKS = {CONFIG, SUMMARY, METRICS}
"""Files that identify a folder as a run; one of them is enough."""
CHECKPOINTS, SAMPLES, FIGURES, PREPARED = "checkpoints", "samples", "figures", "prepared"
INSIDE = {CHECKPOINTS, SAMPLES, FIGURES, PREPARED, "wandb", "tensorboard"}
"""Folders of a run that contain no other run."""
EVALUATION = "evaluation.json"
"""The record that `python -m gan_lab.evaluate` leaves in a folder of its own."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one training run.

    `config.yaml` is the resolved configuration, `summary.json` holds status, counters, measures and provenance,
    `metrics.csv` has a line for each step at which something was measured, `measures.md` is the table of the final
    measures, `report.html` shows the run on one page, `replay.json` holds what it did in the plane, `checkpoints/`
    holds `last.ckpt`, `previous.ckpt`, which was the last one before it, and `best.ckpt`, `samples/` pictures from the
    training, and `figures/` curves.
    """

    path: Path

    @classmethod
    def around(cls, path: Path) -> "RunFolder":
        """Returns the run folder at `path`, or the one of the checkpoint at `path`; for the weights of a saved folder
        that folder."""
        return cls(path if path.is_dir() else path.parent if path.name == WEIGHTS else path.parent.parent)

    @property
    def config(self) -> Path:
        return self.path / CONFIG

    @property
    def summary(self) -> Path:
        return self.path / SUMMARY

    @property
    def metrics(self) -> Path:
        return self.path / METRICS

    @property
    def measures(self) -> Path:
        return self.path / MEASURES

    @property
    def report(self) -> Path:
        return self.path / REPORT

    @property
    def replay(self) -> Path:
        return self.path / REPLAY

    @property
    def samples(self) -> Path:
        return self.path / SAMPLES

    @property
    def figures(self) -> Path:
        return self.path / FIGURES

    def checkpoint(self, which: BestOrLast | Literal["previous"]) -> Path:
        return self.path / CHECKPOINTS / f"{which}.ckpt"

    @property
    def resumable(self) -> Path | None:
        """The newest checkpoint with which the run can go on, None where there is none."""
        return next((path for path in (self.checkpoint("last"), self.checkpoint("previous")) if path.is_file()), None)

    def remove_partial_files(self) -> None:
        """Removes what writers that were killed have left in the folder and in those of its parts."""
        for folder in (self.path, *(self.path / name for name in INSIDE)):
            remove_dead(folder)

    def read_config(self) -> dict[str, Any]:
        """Returns the resolved configuration. Raises UnreadableFileError."""
        return read_yaml(self.config)

    def read_summary(self) -> dict[str, Any]:
        """Returns the content of summary.json; an empty dictionary where it is missing or incomplete."""
        try:
            return read_json(self.summary)
        except UnreadableFileError:
            return {}


def config_at(path: str | Path) -> dict[str, Any]:
    """Returns the configuration of the run or of the saved model at a path, or of the checkpoint there; an empty one
    where no file has it."""
    folder = RunFolder.around(located(path))
    if is_saved(folder.path):
        return saved_config(folder.path)
    return folder.read_config() if folder.config.is_file() else {}


def located(path: str | Path) -> Path:
    """Returns the path, or where nothing is there the folder of the model of that name that comes with gan_lab; of a
    model on the Hugging Face Hub the folder that it is downloaded to."""
    if is_on_hub(str(path)):
        return downloaded(str(path))
    given = expanded(path).absolute()
    return given if given.exists() else shipped().get(str(path), given)


def find_checkpoint(path: str, which: BestOrLast) -> Path:
    """Returns the file of the weights: of a run folder, of a saved folder, of a model that comes with gan_lab or is on
    the Hub, or the given checkpoint. Raises GanLabError where there is none."""
    given = located(path)
    if is_saved(given):
        return given / WEIGHTS
    found = RunFolder(given).checkpoint(which) if given.is_dir() else given
    if not found.is_file():
        if not given.exists() and is_name(path):
            raise no_such_model(path)
        below = sorted(path.parent.parent for path in given.glob(f"*/{CHECKPOINTS}/{which}.ckpt"))
        example = f", such as {below[-1]}, which is one of {len(below)} there" if below else ""
        allowed = f"set checkpoint= to a run folder or a .ckpt file{example}"
        raise GanLabError(f"there is no checkpoint at {found}: {allowed}")
    return found
