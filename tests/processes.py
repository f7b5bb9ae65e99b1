"""Callbacks with which a test looks into a run, or spoils it."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
from lightning import Callback, LightningModule, Trainer


class DumpRank(Callback):
    """Writes each rank's state, first latent codes and reals: DIR/rank_N.pt."""

    def __init__(self, *, folder: str) -> None:
        self.folder = Path(folder)
        self.seen: dict[str, Any] = {}

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if not self.seen:
            pl_module.draws = 0
            z = pl_module.critic_contest(batch[0]).latent.z
            self.seen = {"z": z, "real": batch[0].images.clone()}

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.folder.mkdir(exist_ok=True)
        state = {"state": pl_module.state_dict(), "processes": trainer.world_size, **self.seen}
        torch.save(state, self.folder / f"rank_{trainer.global_rank}.pt")


class Poison(Callback):
    """After a generator step: makes a weight of the critic NaN, or the next gradient of a generator's weight."""

    def __init__(self, *, step: int, what: str) -> None:
        self.step = step
        self.what = what

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if pl_module.generator_steps != self.step:
            return
        if self.what == "gradient":
            next(pl_module.generator.parameters()).register_hook(lambda gradient: gradient * torch.nan)
        else:
            next(pl_module.critic.parameters()).data.fill_(torch.nan)


class Imported(Callback):
    """Writes which modules the process holds when training begins: FILE, one a line."""

    def __init__(self, *, file: str) -> None:
        self.file = Path(file)

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        self.file.write_text("\n".join(sorted(sys.modules)))


class KillOnce(Callback):
    """Ends its process as the system does where memory is short, when training has ended, and not a second time."""

    def __init__(self, *, done: str) -> None:
        self.done = Path(done)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if not self.done.exists():
            self.done.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class CtrlCTwice(Callback):
    """Presses Ctrl-C twice in one round, after `after` generator steps."""

    def __init__(self, *, after: int) -> None:
        self.after = after

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if pl_module.generator_steps == self.after:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)


class PreemptOnce(Callback):
    """Takes its process away as a cluster does with a job of submitit, after `after` generator steps, and not a second
    time. Writes at which step each training begins: FILE, one a line."""

    def __init__(self, *, after: int, file: str) -> None:
        self.after = after
        self.file = Path(file)

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        with self.file.open("a") as file:
            print(pl_module.generator_steps, file=file)

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if pl_module.generator_steps == self.after and len(self.file.read_text().split()) == 1:
            os.kill(os.getpid(), signal.SIGUSR2)
