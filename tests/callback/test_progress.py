"""The progress bar of a training."""

from pathlib import Path
from typing import Any

import pytest

from gan_lab.callback.checkpoints import AtomicCheckpointIO
from gan_lab.callback.evaluation import Evaluation
from gan_lab.callback.progress import Progress
from gan_lab.metric.points import PointMeasure
from gan_lab.sampler.direct import Direct
from tests.callback.runs import played
from tests.fixtures import BuildModel
from tests.short_runs import ring, trainer


def test_loss_measure_and_time_stand_in_the_bar(
    build_model: BuildModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr("gan_lab.callback.progress.EVERY", 0.0)
    model = build_model("model=gan", "data=ring")
    model.run_length = 20
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    evaluation = Evaluation(run_dir=str(tmp_path), measure=measure, sampler=Direct(batch_size=64), times=2, n=100)
    running = trainer(callbacks=[Progress(label="mine"), evaluation], plugins=[AtomicCheckpointIO()])
    running.fit(model, datamodule=ring())
    bars = [line for line in capsys.readouterr().err.replace("\r", "\n").splitlines() if line.startswith("mine: ")]
    seen = [next((bar for bar in bars if f" {step}/20," in bar), "") for step in range(1, 21)]
    assert all(" left, " in bar and "loss " in bar for bar in seen)
    assert ["emd" in bar for bar in seen] == [False] * 10 + [True] * 10, "known from the first evaluation on"
    losses = {turn.player: turn.terms.diagnostics["loss"].item() for turn in model.played}
    assert f"emd {evaluation.latest['emd']:.4g}, loss {losses['critic']:.3g} / {losses['generator']:.3g}" in bars[-1]
    assert "took 0:" in bars[-1]
    assert evaluation.to_come(model) == 0


def test_the_bar_goes_from_where_the_run_stands_to_its_end(
    build_model: BuildModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    model, progress = build_model("model=gan", "data=ring"), Progress(label="a label")
    played(model, 5, progress)
    bar: Any = progress.bar
    assert (bar.initial, bar.total, bar.n) == (0, 5, 5)
    model.run_length = 8
    progress.on_train_start(model.trainer, model)
    progress.on_train_batch_start(model.trainer, model, None, 0)
    resumed: Any = progress.bar
    assert (resumed.initial, resumed.total) == (5, 8)
    progress.on_exception(model.trainer, model, ValueError())
    assert resumed.disable, "it is closed"
    assert "a label" in capsys.readouterr().err


def test_time_left_is_that_of_steps_evaluations_and_final_measures(
    build_model: BuildModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10 steps and two evaluations of 4 and 6 seconds in 30 seconds; 10 steps and one evaluation are left."""
    model, progress = build_model("model=gan", "data=ring"), Progress(label="mine")
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    evaluation = Evaluation(run_dir=str(tmp_path), measure=measure, sampler=Direct(batch_size=64), times=2, n=100)
    monkeypatch.setattr(measure, "expected_seconds", lambda final=False: None)
    monkeypatch.setattr("gan_lab.callback.progress.time.perf_counter", lambda: 130.0)
    progress.began, progress.first_step, progress.evaluation = 100.0, 0, evaluation
    model.run_length = 10
    assert progress.remaining(model) is None, "nothing was timed"
    progress.first_step = -10
    evaluation.timed_evaluations, evaluation.latest_step, evaluation.best_step = [4.0, 6.0], 5, 5
    assert progress.remaining(model) == pytest.approx(10 * 2 + 5 + 2 * 5)
    evaluation.best_step = 2
    assert progress.remaining(model) == pytest.approx(10 * 2 + 5 + 2 * 2 * 5)
    progress.evaluation = None
    assert progress.remaining(model) == pytest.approx(10 * 3)
