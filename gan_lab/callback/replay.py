"""replay.json: what can be drawn of a run on points in the plane, recorded while it trains."""

from pathlib import Path
from typing import Annotated, Any, final

import numpy as np
import torch
from lightning import LightningModule, Trainer
from tqdm import tqdm

from gan_lab.callback.base import StepCallback, due
from gan_lab.callback.replay_frame import Stage, frame_of
from gan_lab.domains import NonNegativeInt, PositiveInt, at_least
from gan_lab.errors import UnreadableFileError
from gan_lab.model.base import AdversarialModule
from gan_lab.model.generative import GenerativeModule
from gan_lab.model.turn import Turn
from gan_lab.replay.recording import CRITIC, GENERATOR, STEP, Recording, read, text_of
from gan_lab.runs.atomic import write_text
from gan_lab.runs.run_folder import RunFolder

PLAYERS = {"critic": CRITIC, "generator": GENERATOR}


@final
class Replay(StepCallback):
    """Records `frame_of` the networks that are trained at `times` generator steps and before the first, and after each
    turn of `turns` rounds.

    Both are evenly spaced over the run, the rounds from its first one on. replay.json is written before each checkpoint
    and at the end, so that it has everything up to the checkpoint with which a run goes on; then later frames are
    recorded again. It draws from no random numbers of the training. The first process alone records,
    and only where there is a critic.
    """

    def __init__(
        self,
        *,
        run_dir: str,
        times: NonNegativeInt,
        turns: NonNegativeInt,
        points: Annotated[int, at_least(1, most=2000)],
        cells: Annotated[int, at_least(2, most=200)],
        measured: PositiveInt = 2000,
    ) -> None:
        """`points` of each side are drawn, the score is known at `cells` x `cells` points, and `measured` points of
        each side are measured."""
        self.path = RunFolder(Path(run_dir)).replay
        self.times, self.turns = times, turns
        self.points, self.cells, self.measured = points, cells, measured
        self.recording: Recording | None = None
        self.watched_before = False

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        if not trainer.is_global_zero or not isinstance(pl_module, AdversarialModule):
            return
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        self.stage = Stage.of(pl_module, data, self.points, self.cells, self.measured)
        self.recording = self.stage.recording()
        if pl_module.rounds and (before := self.earlier(pl_module)) is not None:
            self.recording.take(before, until=float(pl_module.generator_steps))
        elif pl_module.rounds == 0 and self.times:
            self.record(pl_module, 0.0, STEP)

    def earlier(self, model: AdversarialModule) -> Recording | None:
        """Returns what was recorded before an interruption, None where it cannot be gone on with."""
        try:
            before = read(self.path)
            if before.shapes != {name: values.shape for name, values in frame_of(model, self.stage).items()}:
                raise UnreadableFileError(f"{self.path.name} has frames of other shapes")
        except UnreadableFileError as error:
            tqdm.write(f"the replay begins at this step: {error}")
            return None
        return before

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if self.recording is None:
            return
        assert isinstance(pl_module, AdversarialModule)
        if not begins(pl_module, self.turns) or self.played_by_turn(pl_module):
            return
        model, number = pl_module, 0
        self.record(model, float(model.generator_steps), STEP)

        def after(turn: Turn) -> None:
            nonlocal number
            number = min(number + 1, model.n_critic) if turn.player == "critic" else model.n_critic + 1
            self.record(model, model.generator_steps + number / (model.n_critic + 1), PLAYERS[turn.player])

        self.watched_before, model.watching, model.after_turn = model.watching, True, after

    def played_by_turn(self, model: AdversarialModule) -> bool:
        """Returns whether this generator step has turns already: rounds of the critic alone may precede it."""
        assert self.recording is not None
        return bool(self.recording.time) and self.recording.time[-1] > model.generator_steps

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if pl_module.after_turn is not None:
            pl_module.after_turn, pl_module.watching = None, self.watched_before
        super().on_train_batch_end(trainer, pl_module, outputs, batch, batch_idx)

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        if self.recording is not None:
            assert isinstance(model, AdversarialModule)
            self.keep_up(model)

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        if self.recording is not None:
            assert isinstance(pl_module, AdversarialModule)
            self.keep_up(pl_module)  # whichever callback saves, and whether it is called before this one
            self.write()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.recording is not None:
            self.write()

    def keep_up(self, model: AdversarialModule) -> None:
        """Records this generator step, if that is due."""
        if model.generator_steps and due(model, self.times):
            self.record(model, float(model.generator_steps), STEP)

    @torch.no_grad()
    def record(self, model: AdversarialModule, time: float, turn: int) -> None:
        """Adds a frame, unless that moment has one, or has NaN or infinity: there the run stops, and says why."""
        assert self.recording is not None
        if self.recording.time and self.recording.time[-1] >= time:
            return
        frame = frame_of(model, self.stage)
        if not all(np.isfinite(values).all() for values in frame.values()):
            return
        moved = turn != CRITIC or not self.recording.time
        self.recording.add(time, turn, frame, self.stage.measures(model) if moved else None)

    def write(self) -> None:
        assert self.recording is not None
        write_text(self.path, text_of(self.recording))


def begins(model: AdversarialModule, turns: int) -> bool:
    """Returns whether the round that begins is one of `turns` rounds, evenly spaced over the run from its first on."""
    length, step = model.run_length, model.generator_steps
    if length is None or not turns:
        return False
    return step == 0 or step * turns // length > (step - 1) * turns // length
