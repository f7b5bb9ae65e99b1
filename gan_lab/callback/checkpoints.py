"""Checkpoints, saved atomically."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any, Literal, final

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.plugins.io import TorchCheckpointIO

from gan_lab.callback.base import Periodic, StepCallback
from gan_lab.distributed.interrupts import end, preemption, stops, without_terminal
from gan_lab.domains import NonNegativeInt
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.checkpoint import write_checkpoint
from gan_lab.runs.run_folder import RunFolder
from gan_lab.types import NonFiniteError


@final
class AtomicCheckpointIO(TorchCheckpointIO):
    """Saves checkpoints atomically, with their hash, and keeps the last one but one."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        written = Path(path)
        folder = RunFolder.around(written)
        last = written == folder.checkpoint("last")
        write_checkpoint(checkpoint, written, folder.checkpoint("previous") if last else None)


def save_checkpoint(trainer: Trainer, model: GenerativeModule, path: Path) -> None:
    """Checks terms and weights, writes metrics.csv to the disk, and saves on rank 0. Every rank must call it.

    Raises NonFiniteError instead of saving broken weights. The weights are the same on every rank.
    """
    model.finite_check.look()
    refuse_broken_weights(model)
    model.settle()
    for logger in trainer.loggers:
        logger.save()
    trainer.save_checkpoint(path)


def refuse_broken_weights(model: GenerativeModule) -> None:
    """Raises NonFiniteError naming the first weight or buffer with a NaN or an infinity.

    A finite loss can have a gradient that is not, above all where a penalty differentiates twice.
    """
    values = {name: value for name, value in model.state_dict().items() if value.is_floating_point()}
    finite = torch.stack([value.isfinite().all() for value in values.values()]).tolist()
    if not all(finite):
        name = list(values)[finite.index(False)]
        raise NonFiniteError(
            f"{name} is not finite after generator step {model.generator_steps}: the run stops, and no "
            "checkpoint is saved from here; a lower learning rate usually helps"
        )


@final
class Checkpoints(Periodic):
    """Keeps `last.ckpt`: at the start, `times` over the run, and when a signal asks the run to stop (SIGINT, SIGTERM,
    SIGHUP).

    The last checkpoint is written after the last evaluation. `previous.ckpt` is the one before it. With `keep=best`
    both are removed when the run is finished and all of its results are written, if there is a `best.ckpt`.

    After a signal, the current round is finished, all processes agree to stop, and `last.ckpt` is saved for a
    resumption. A second signal ends the run at once, and so do SIGTERM and SIGHUP during an evaluation, which those who
    send them would not wait for. Whoever trains puts the signal handlers back. Where a cluster takes a job of submitit
    away, the checkpoint is saved before the job is queued again (`gan_lab.distributed.interrupts.preemption`).
    Checkpoints contain the configuration of the run.
    """

    def __init__(self, *, run_dir: str, times: NonNegativeInt, keep: Literal["all", "best"] = "all") -> None:
        self.folder = RunFolder(Path(run_dir))
        self.path = self.folder.checkpoint("last")
        self.times = times
        self.keep = keep
        self.signal: int | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, GenerativeModule)
        self.model = pl_module
        if pl_module.rounds == 0:
            save_checkpoint(trainer, pl_module, self.path)
        if threading.current_thread() is threading.main_thread():  # which alone has handlers
            self.before = {number: signal.signal(number, self.on_signal) for number in (*stops(), *preemption())}

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if pl_module.finished:
            save_checkpoint(trainer, pl_module, self.path)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        assert isinstance(pl_module, GenerativeModule)
        best_alone = self.keep == "best" and pl_module.finished and self.folder.checkpoint("best").is_file()
        if best_alone and trainer.is_global_zero:
            for path in (self.path, self.folder.checkpoint("previous")):
                path.unlink(missing_ok=True)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        without_terminal()
        again, self.signal = self.signal is not None, number
        if again or (number != signal.SIGINT and self.evaluating()):
            if number in preemption() and callable(submitit := self.before[signal.Signals(number)]):
                submitit(number, frame)
            end(number)
        self.model.finite_check.stop_wanted = True

    def evaluating(self) -> bool:
        """Returns whether an evaluation is going on, which may take minutes."""
        callbacks = self.model.trainer.callbacks  # type: ignore[attr-defined]
        return any(callback.measuring for callback in callbacks if isinstance(callback, StepCallback))

    def act(self, trainer: Trainer, model: GenerativeModule) -> None:
        if not model.finished:
            save_checkpoint(trainer, model, self.path)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, GenerativeModule)
        # whether or not the generator stepped in this round
        if pl_module.finite_check.stop_agreed and not pl_module.finished:
            save_checkpoint(trainer, pl_module, self.path)
        else:
            super().on_train_batch_end(trainer, pl_module, outputs, batch, batch_idx)
