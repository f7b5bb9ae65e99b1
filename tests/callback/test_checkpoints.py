"""When a checkpoint is saved, what is refused, and what a signal does."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.callback.base import StepCallback
from gan_lab.callback.checkpoints import Checkpoints, refuse_broken_weights
from gan_lab.callback.config_file import ConfigFile
from gan_lab.distributed.interrupts import answered_by, stop
from gan_lab.errors import NonFiniteError
from tests.callback.runs import evaluation, played
from tests.commands import checkpoint
from tests.fixtures import BuildModel


class Saved(StepCallback):
    """Notes after each step of the generator which step last.ckpt is of; in step `interrupt` it sends a signal."""

    def __init__(self, folder: Path, interrupt: int = 0) -> None:
        self.folder = folder
        self.interrupt = interrupt
        self.steps: list[int] = []

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if pl_module.generator_steps == 0:
            self.steps.append(checkpoint(self.folder)["counters"]["generator_steps"])
        if pl_module.generator_steps + 1 == self.interrupt:
            os.kill(os.getpid(), signal.SIGINT)

    def on_generator_step(self, trainer: Any, model: Any) -> None:
        self.steps.append(checkpoint(self.folder)["counters"]["generator_steps"])


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Lightning leaves handlers of its own behind."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_at_the_start_evenly_over_the_run_and_at_its_end(build_model: BuildModel, tmp_path: Path) -> None:
    saved, config = Saved(tmp_path), {"variant": "gan", "nested": {"list": [1, 2]}}
    callback = Checkpoints(run_dir=str(tmp_path), times=3)
    own = ConfigFile(config, tmp_path / "config.yaml")
    played(build_model("model=gan", "data=ring"), 6, own, callback, saved)
    # The last one comes when the run is over: until then the one before is kept.
    assert saved.steps == [0, 0, 2, 2, 4, 4, 4]
    last = checkpoint(tmp_path)
    assert last["counters"]["generator_steps"] == 6
    assert last["config"] == config
    assert (tmp_path / "config.yaml").read_text() == "variant: gan\nnested:\n  list:\n  - 1\n  - 2\n"


@pytest.mark.parametrize("measured", [False, True])
def test_a_finished_run_may_keep_its_best_checkpoint_alone(
    build_model: BuildModel, tmp_path: Path, measured: bool
) -> None:
    callback = Checkpoints(run_dir=str(tmp_path), times=3, keep="best")
    played(build_model("model=gan", "data=ring"), 6, *([evaluation(tmp_path)] if measured else []), callback)
    left = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert left == (["best.ckpt"] if measured else ["last.ckpt", "previous.ckpt"])


def test_an_interrupted_run_keeps_what_it_goes_on_from(build_model: BuildModel, tmp_path: Path) -> None:
    saved, callback = Saved(tmp_path, interrupt=3), Checkpoints(run_dir=str(tmp_path), times=1, keep="best")
    played(build_model("model=gan", "data=ring"), 6, evaluation(tmp_path), callback, saved)
    assert {"last.ckpt", "previous.ckpt"} <= {path.name for path in (tmp_path / "checkpoints").iterdir()}


def test_a_signal_ends_the_round_and_keeps_it(build_model: BuildModel, tmp_path: Path) -> None:
    model, saved = build_model("model=gan", "data=ring"), Saved(tmp_path, interrupt=3)
    played(model, 6, Checkpoints(run_dir=str(tmp_path), times=1), saved)
    assert model.generator_steps == 3
    assert not model.finished
    assert checkpoint(tmp_path)["counters"]["generator_steps"] == 3


def test_a_second_signal_ends_at_once(build_model: BuildModel, tmp_path: Path) -> None:
    model, callback = build_model("model=gan", "data=ring"), Checkpoints(run_dir=str(tmp_path), times=1)
    played(model, 1, callback)
    callback.on_signal(signal.SIGTERM, None)
    assert callback.signal == signal.SIGTERM
    assert model.finite_check.stop_wanted
    with pytest.raises(SystemExit, match="130"), answered_by(stop):
        callback.on_signal(signal.SIGINT, None)


def test_whoever_sends_sigterm_waits_for_no_evaluation(build_model: BuildModel, tmp_path: Path) -> None:
    model, callback, other = (
        build_model("model=gan", "data=ring"),
        Checkpoints(run_dir=str(tmp_path), times=1),
        Saved(tmp_path),
    )
    played(model, 1, callback, other)
    other.measuring = True
    callback.on_signal(signal.SIGINT, None)
    assert model.finite_check.stop_wanted, "Ctrl-C lets it come to its end"
    callback.signal = None
    with pytest.raises(SystemExit, match="143"), answered_by(stop):
        callback.on_signal(signal.SIGTERM, None)


def test_the_first_broken_weight_is_named_and_the_checkpoint_stays(build_model: BuildModel, tmp_path: Path) -> None:
    model, callback = build_model("model=gan", "data=ring"), Checkpoints(run_dir=str(tmp_path), times=1)
    played(model, 2, callback)
    refuse_broken_weights(model)
    names = [name for name, value in model.state_dict().items() if value.is_floating_point()]
    for name in (names[3], names[1]):
        model.state_dict()[name].view(-1)[-1] = torch.nan  # one of its numbers
        with pytest.raises(NonFiniteError, match=rf"^{name} is not finite after generator step 2: .*learning rate"):
            callback.on_train_end(model.trainer, model)
    assert torch.isfinite(checkpoint(tmp_path)["state_dict"][names[1]]).all()
