"""The parts of a run before and after its training."""

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Trainer
from lightning.pytorch.strategies import SingleDeviceStrategy

from gan_lab.callback.checkpoints import AtomicCheckpointIO, Checkpoints
from gan_lab.callback.config_file import ConfigFile
from gan_lab.callback.evaluation import Evaluation
from gan_lab.config.compose import compose_config
from gan_lab.distributed.strategy import TurnByTurn
from gan_lab.errors import GanLabError
from gan_lab.logger.metrics_csv import MetricsCSV
from gan_lab.training.run import build_trainer, conclude, quieten, run_length, tune_process
from tests.fixtures import BuildModel
from tests.short_runs import ring

SMALL = ("model=gan", "data=ring", "trainer.accelerator=cpu")


def made(tmp_path: Path, **options: Any) -> Trainer:
    config = compose_config(*SMALL, f"run_dir={tmp_path}")
    config["trainer"] |= {"precision": "32-true", "cuda_graph": False} | options
    return build_trainer(config, MetricsCSV(tmp_path / "metrics.csv"), ConfigFile(config, tmp_path / "config.yaml"))


def test_the_trainer_has_our_callbacks_and_none_of_lightnings(tmp_path: Path) -> None:
    trainer = made(tmp_path)
    kinds = [type(callback) for callback in trainer.callbacks]  # type: ignore[attr-defined]
    assert kinds[0] is ConfigFile
    assert {Checkpoints, Evaluation} <= {*kinds}
    assert all(kind.__module__.startswith("gan_lab.") for kind in kinds)
    assert isinstance(trainer.strategy, SingleDeviceStrategy)
    assert isinstance(trainer.strategy.checkpoint_io, AtomicCheckpointIO)
    assert trainer.max_epochs == -1
    assert [type(logger) for logger in trainer.loggers] == [MetricsCSV]


def test_several_processes_share_gradients_turn_by_turn(tmp_path: Path) -> None:
    assert isinstance(made(tmp_path, devices=2).strategy, TurnByTurn)
    assert isinstance(made(tmp_path, strategy="ddp").strategy, SingleDeviceStrategy)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"gradient_clip_val": 1}, "trainer.gradient_clip_val must be one of None, not 1"),
        ({"accumulate_grad_batches": 2}, "trainer.accumulate_grad_batches must be one of 1, not 2"),
        ({"precision": "16-mixed"}, "trainer.precision must be one of auto, 32-true, bf16-mixed, not 16-mixed"),
        ({"strategy": "fsdp"}, "trainer.strategy must be one of auto, ddp"),
        ({"max_steps": 9}, "trainer.max_steps is no option here: the options are accelerator, devices"),
        ({"devices": "banana"}, "trainer: `devices`"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        made(tmp_path, **options)


def test_a_run_is_as_long_as_it_is_told(build_model: BuildModel) -> None:
    model, data = build_model("model=gan", "data=ring", "model.n_critic=2"), ring()
    assert run_length({"generator_steps": 7, "epochs": 3}, model, data) == 7
    assert run_length({"generator_steps": 7.0, "epochs": None}, model, data) == 7
    expected = model.steps_in(0.5 * len(data.train), 64)
    assert run_length({"generator_steps": None, "epochs": 0.5}, model, data) == expected > 0
    for steps, epochs, name in (
        *((0, 1, "generator_steps is 0"), (-1, 1, "generator_steps is -1"), (2.5, 1, "generator_steps is 2.5")),
        *((True, 1, "generator_steps is True"), ("ten", 1, "generator_steps is 'ten'")),
        *((None, 0, "epochs is 0"), (None, None, "epochs is None"), (None, "x", "epochs is 'x'")),
    ):
        with pytest.raises(GanLabError, match=name):
            run_length({"generator_steps": steps, "epochs": epochs}, model, data)


def evaluation(trainer: Trainer) -> Evaluation:
    (found,) = (callback for callback in trainer.callbacks if isinstance(callback, Evaluation))  # type: ignore[attr-defined]
    return found


def test_rows_that_were_measured_become_columns(tmp_path: Path) -> None:
    measured = evaluation(made(tmp_path))
    measured.best_step, measured.last_step = 30, 40
    measured.results = {"best": {"emd": 1.0}, "last": {"emd": 2.0}, "floor": {}}
    assert measured.columns == {"best (step 30)": {"emd": 1.0}, "last (step 40)": {"emd": 2.0}}
    measured.results["floor"] = {"emd": 0.5}
    assert measured.columns["real (floor)"] == {"emd": 0.5}


@pytest.mark.parametrize(("signal", "status"), [(None, 143), (2, 130), (15, 143)])
def test_an_interrupted_run_says_how_to_go_on(
    build_model: BuildModel, tmp_path: Path, capsys: pytest.CaptureFixture[str], signal: int | None, status: int
) -> None:
    trainer, model = made(tmp_path), build_model("model=gan", "data=ring")
    model.run_length = 10
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, Checkpoints):
            callback.signal = signal
    with pytest.raises(SystemExit) as end:
        conclude({}, trainer, model, tmp_path / "run")
    assert end.value.code == status
    said = capsys.readouterr().out
    assert "interrupted at generator step 0" in said
    assert "/run\n" in said
    assert "resume=" in said


def test_lightning_is_quiet_and_other_libraries_are_not() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quieten()
        warnings.warn("The dataloader does not have many workers", stacklevel=1)
        warnings.warn("this one matters", stacklevel=1)
    assert [str(found.message) for found in caught] == ["this one matters"]
    for name in ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero"):
        assert not logging.getLogger(name).isEnabledFor(logging.WARNING)
        assert logging.getLogger(name).isEnabledFor(logging.ERROR)


def test_the_process_is_tuned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.utils.deterministic, "fill_uninitialized_memory", True)
    monkeypatch.setenv("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    tune_process()
    assert not torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    asked = os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"]
    assert asked == ("1" if torch.cuda.is_available() else "0")
