"""The evaluation callback: what is best, and that it leaves the model as it was."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Callback

from gan_lab.build import build
from gan_lab.callback.checkpoints import AtomicCheckpointIO
from gan_lab.callback.evaluation import Evaluation
from gan_lab.errors import GanLabError, NonFiniteError
from gan_lab.metric.points import PointMeasure
from gan_lab.sampler.direct import Direct
from tests.callback.runs import evaluation, played
from tests.fixtures import BuildModel, Compose
from tests.short_runs import ring, trainer


def evaluated(model: Any, folder: Path, length: int = 20) -> Evaluation:
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    callback = Evaluation(run_dir=str(folder), measure=measure, sampler=Direct(batch_size=64), times=4, n=100)
    model.run_length = length
    running = trainer(callbacks=[callback], plugins=[AtomicCheckpointIO()])
    running.fit(model, datamodule=ring())
    return callback


def test_best_is_the_lowest_and_its_measures_are_those_of_its_checkpoint(
    build_model: BuildModel, tmp_path: Path
) -> None:
    model = build_model("model=gan", "data=ring", "optimizer.lr=0.02")
    last = {name: value.clone() for name, value in model.average.state_dict().items()}
    callback = evaluated(model, tmp_path)
    saved = torch.load(tmp_path / "checkpoints" / "best.ckpt", weights_only=True)
    assert saved["counters"]["generator_steps"] == callback.best_step
    assert callback.results["best"]["emd"] == pytest.approx(callback.best)
    assert callback.results["best"]["emd"] <= callback.results["last"]["emd"]
    # The last average is back in its place: measuring it again gives the last row.
    assert callback.evaluate(model, final=True) == callback.results["last"]
    assert any(not torch.equal(value, last[name]) for name, value in model.average.state_dict().items())


class Rounds(Callback):
    """Notes, before each round, whether the floor was measured."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.floors: list[bool] = []

    def on_train_batch_start(self, *args: Any) -> None:
        self.floors.append(self.evaluation.measure._floor is not None)


def test_the_floor_is_measured_when_training_is_over(build_model: BuildModel, tmp_path: Path) -> None:
    callback = evaluation(tmp_path)
    rounds = Rounds(callback)
    played(build_model("model=gan", "data=ring"), 4, callback, rounds)
    assert rounds.floors == [False] * 4
    assert callback.results["floor"] == callback.measure.floor()


def test_samples_that_are_not_finite_stop_the_run(build_model: BuildModel, tmp_path: Path) -> None:
    model = build_model("model=gan", "data=ring")
    for parameter in model.average.parameters():
        parameter.data.fill_(torch.nan)
    model.average.update = lambda *_, **__: None
    with pytest.raises(NonFiniteError, match="a sample of sampler=direct is not finite at generator step 5: "):
        evaluated(model, tmp_path)
    assert not (tmp_path / "checkpoints" / "best.ckpt").exists()


@pytest.mark.parametrize(("name", "value"), [("emd", torch.inf), ("modes_covered", torch.nan)])
def test_a_measure_that_is_not_finite_stops_the_run(
    build_model: BuildModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    compute = PointMeasure._compute
    monkeypatch.setattr(PointMeasure, "_compute", lambda self, final: compute(self, final) | {name: value})
    with pytest.raises(NonFiniteError, match=f"the measure {name} is not finite at generator step 5: "):
        evaluated(build_model("model=gan", "data=ring"), tmp_path)


def test_a_sampler_that_is_prepared_for_finished_weights_is_refused(composed: Compose, tmp_path: Path) -> None:
    for option in ("drs", "ddls", "confidence", "latent_ascent"):
        with pytest.raises(GanLabError, match=f"train with sampler=direct and measure it afterwards.*{option}"):
            build(composed("data=ring", f"sampler={option}")["callbacks"]["evaluation"], "evaluation")
    truncated = build(composed("data=ring", "sampler=truncated", "sampler.t=0.5")["callbacks"]["evaluation"], "e")
    assert truncated.sampler.t == 0.5
