"""summary.json over a run: how it stands, what was measured, why it ended."""

import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.callback.base import StepCallback
from gan_lab.callback.summary import Summary
from gan_lab.errors import GanLabError, PrunedError
from gan_lab.runs.run_folder import RunFolder
from tests.callback.runs import evaluation, played
from tests.fixtures import BuildModel


class Read(StepCallback):
    """Keeps what summary.json says after each step of the generator; before step `stop` it stops the run."""

    def __init__(self, folder: Path, stop: int = 0, error: Exception | None = None) -> None:
        self.folder = RunFolder(folder)
        self.stop = stop
        self.error = error
        self.found: list[dict[str, Any]] = []

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if pl_module.generator_steps == 0:
            self.found.append(self.folder.read_summary())
        if pl_module.generator_steps + 1 == self.stop:
            if self.error is not None:
                raise self.error
            pl_module.finite_check.stop_wanted = True

    def on_generator_step(self, trainer: Any, model: Any) -> None:
        self.found.append(self.folder.read_summary())


def summary(folder: Path) -> Summary:
    named = {"variant": "gan", "dataset": "ring", "overrides": ["model=gan", "data=ring"]}
    return Summary(run_dir=str(folder), seed=3, times=2, **named)  # type: ignore[arg-type]


def test_it_is_written_at_the_start_evenly_and_at_the_end(build_model: BuildModel, tmp_path: Path) -> None:
    read, measured = Read(tmp_path), evaluation(tmp_path)
    played(build_model("model=gan", "data=ring"), 8, measured, summary(tmp_path), read)
    assert [one["generator_steps"] for one in read.found] == [0, 0, 0, 0, 4, 4, 4, 4, 8]
    assert {one["status"] for one in read.found} == {"running"}
    halfway, end = read.found[4], RunFolder(tmp_path).read_summary()
    assert {*halfway["measures"]} == {"latest"}
    assert halfway["measures"]["latest"]["emd"] > 0
    assert end["status"] == "finished"
    assert {*end["measures"]} == {"best", "last", "raw", "floor"}
    assert end["measures"] == json.loads(json.dumps(measured.results))
    assert end["intervals"] == json.loads(json.dumps(measured.intervals))
    assert {*end["intervals"]} == {"best", "last"}
    for row, found in end["intervals"].items():
        assert {*found} >= {"emd"}
        assert all(low <= end["measures"][row][name] <= high for name, (low, high) in found.items())
    assert (end["command"], end["seed"], end["length"]) == ("python -m gan_lab model=gan data=ring", 3, 8)
    assert (end["variant"], end["dataset"], end["monitor"]) == ("gan", "ring", "emd")
    assert end["best_step"] == measured.best_step > 0
    assert end["protocol"]["samples"] == 100
    assert end["machine"]["processes"] == 1


def test_a_run_that_was_stopped_is_interrupted(build_model: BuildModel, tmp_path: Path) -> None:
    played(build_model("model=gan", "data=ring"), 8, summary(tmp_path), Read(tmp_path, stop=3))
    end = RunFolder(tmp_path).read_summary()
    assert (end["status"], end["generator_steps"]) == ("interrupted", 3)
    assert "measures" not in end


@pytest.mark.parametrize(
    ("error", "status"), [(PrunedError("behind the others"), "pruned"), (GanLabError("poisoned"), "failed")]
)
def test_an_error_is_the_reason(build_model: BuildModel, tmp_path: Path, error: Exception, status: str) -> None:
    with pytest.raises(type(error)):
        played(build_model("model=gan", "data=ring"), 8, summary(tmp_path), Read(tmp_path, stop=2, error=error))
    end = RunFolder(tmp_path).read_summary()
    assert (end["status"], end["reason"], end["generator_steps"]) == (status, str(error), 1)


def test_a_run_that_never_began_leaves_nothing(build_model: BuildModel, tmp_path: Path) -> None:
    model = build_model("model=gan", "data=ring")
    played(model, 1)
    summary(tmp_path).on_exception(model.trainer, model, GanLabError("refused"))
    assert not [*tmp_path.iterdir()]
