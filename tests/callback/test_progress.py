"""The progress bar of a training."""

from pathlib import Path
from typing import Any

import pytest

from gan_lab.callback.base import Periodic
from gan_lab.callback.checkpoints import AtomicCheckpointIO
from gan_lab.callback.evaluation import Evaluation
from gan_lab.callback.figures import Figures
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
    monkeypatch.setattr("gan_lab.callback.progress.EVERY_IN_A_FILE", 0.0)
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


class Sleeping(Periodic):
    """Acts without doing anything."""

    def __init__(self, times: int) -> None:
        self.times = times

    def act(self, trainer: Any, model: Any) -> None:
        pass


def test_what_callbacks_do_is_counted_as_often_as_it_is_still_done(build_model: BuildModel) -> None:
    model = build_model("model=gan", "data=ring")
    often, seldom = Sleeping(20), Sleeping(2)
    played(model, 7, often, seldom)
    assert (len(often.took), len(seldom.took)) == (7, 2), "in every step of a run that is shorter"
    assert (often.to_come(model), seldom.to_come(model)) == (0, 0)
    often.last_step = seldom.last_step = 3
    assert (often.to_come(model), seldom.to_come(model)) == (4, 2)
    seldom.last_step = 4
    assert seldom.to_come(model) == 1


def test_time_left_is_that_of_steps_pictures_evaluations_and_final_measures(
    build_model: BuildModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step took 9 seconds; nine more, four pictures of 1 second and an evaluation of 5 took 27."""
    model, progress = build_model("model=gan", "data=ring"), Progress(label="mine")
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    evaluation = Evaluation(run_dir=str(tmp_path), measure=measure, sampler=Direct(batch_size=64), times=2, n=100)
    pictures = Sleeping(10)
    monkeypatch.setattr(measure, "expected_seconds", lambda final=False: None)
    now = [100.0]
    monkeypatch.setattr("gan_lab.callback.progress.time.perf_counter", lambda: now[0])
    progress.periodic, progress.evaluation = [pictures, evaluation], evaluation
    pictures.took, evaluation.took = [1.0], []  # one before the first step
    model.run_length = 20
    progress.began = progress.mark(model)
    assert progress.remaining(model) is None, "nothing was timed"
    model.player_steps["generator"], now[0] = 1, 109.0
    progress.warm = progress.mark(model)
    assert progress.remaining(model) == pytest.approx(19 * 9 + 10 * 1)
    model.player_steps["generator"], now[0] = 10, 136.0
    pictures.took, evaluation.took = [1.0] * 5, [5.0]
    pictures.last_step = evaluation.last_step = evaluation.latest_step = evaluation.best_step = 10
    step, left = (27 - 4 - 5) / 9, 10
    assert progress.remaining(model) == pytest.approx(left * step + 5 * 1 + 5 + 2 * 5)
    evaluation.best_step = 2
    assert progress.remaining(model) == pytest.approx(left * step + 5 * 1 + 5 + 2 * 2 * 5)
    progress.closing = 3.0
    progress.evaluation = None
    progress.periodic = [pictures]
    assert progress.remaining(model) == pytest.approx(left * (27 - 4) / 9 + 5 * 1 + 3.0)


def test_the_figures_at_the_end_are_reckoned_with_where_they_are_drawn(build_model: BuildModel, tmp_path: Path) -> None:
    model, progress = build_model("model=gan", "data=ring"), Progress(label="mine")
    played(model, 1, progress, Figures(run_dir=str(tmp_path)))
    assert progress.closing > 0
    played(build_model("model=gan", "data=ring"), 1, progress)
    assert progress.closing == 0
