"""The progress bar."""

import sys
import time
from dataclasses import dataclass
from math import fsum
from statistics import mean
from typing import Any, final

from lightning import Callback, LightningModule, Trainer
from tqdm import tqdm

from gan_lab.callback.base import Periodic, StepCallback
from gan_lab.callback.evaluation import Evaluation
from gan_lab.callback.figures import Figures
from gan_lab.callback.remaining_time import Pace, clock, remaining_seconds
from gan_lab.distributed.environment import quiet
from gan_lab.model.generative import GenerativeModule

FORMAT = "{desc}: {percentage:.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}"
EVERY = 0.5
"""Seconds between two looks of the bar on a screen."""
EVERY_IN_A_FILE = 15.0
"""The same where the bar is written to a file or into a pipe, which keep every one of them."""
FIGURES = 2.0
"""Seconds that the figures and the film at the end of a run take, about: nothing before them tells."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a run: its generator step, the time, and how much of it went into `Periodic` callbacks so far."""

    step: int
    time: float
    beside: float


@final
class Progress(StepCallback):
    """Generator steps done, the time that the run still takes, the last measure, the losses of critic and generator.

    The time is `remaining_seconds`, since the steps alone, which tqdm would count, are not the whole run. A resumed run
    starts where it stopped.
    """

    def __init__(self, *, label: str) -> None:
        self.label = label
        self.bar: tqdm | None = None
        self.evaluation: Evaluation | None = None
        self.periodic: list[Periodic] = []
        self.closing = 0.0
        self.warm: Mark | None = None
        self.looked = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, GenerativeModule)
        callbacks: list[Callback] = trainer.callbacks  # type: ignore[attr-defined]
        self.evaluation = next((c for c in callbacks if isinstance(c, Evaluation)), None)
        self.periodic = [c for c in callbacks if isinstance(c, Periodic)]
        self.closing = FIGURES if any(isinstance(c, Figures) for c in callbacks) else 0.0
        self.bar = self.warm = None

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Opens the bar: before the first round, real images may have been measured, in bars of their own."""
        if self.bar is not None or not trainer.is_global_zero:
            return
        assert isinstance(pl_module, GenerativeModule)
        self.began = self.mark(pl_module)
        self.bar = tqdm(
            desc=self.label,
            total=pl_module.run_length,
            initial=pl_module.generator_steps,
            bar_format=FORMAT,
            dynamic_ncols=True,
            disable=quiet(),
        )

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        if self.bar is None or self.bar.disable:
            return
        self.warm = self.warm or self.mark(model)
        if time.perf_counter() - self.looked < (EVERY if sys.stderr.isatty() else EVERY_IN_A_FILE):
            return
        self.looked = time.perf_counter()
        seconds = self.remaining(model)
        self.show(model, [] if seconds is None else [f"{clock(seconds)} left"])

    def show(self, model: GenerativeModule, words: list[str]) -> None:
        """Moves the bar to the model's step; behind it come these words, the last measure and the losses.

        What matters most comes first, because a narrow terminal cuts the end.
        """
        assert self.bar is not None
        losses = {turn.player: turn.terms.diagnostics["loss"].item() for turn in model.played}
        numbers = [f"{losses[player]:.3g}" for player in ("critic", "generator") if player in losses]
        if self.evaluation is not None and self.evaluation.latest:
            monitor = self.evaluation.measure.monitor
            words = [*words, f"{monitor} {self.evaluation.latest[monitor]:.4g}"]
        words = [*words, f"loss {' / '.join(numbers)}"] if numbers else words
        self.bar.set_postfix_str(", ".join(words), refresh=False)
        self.bar.n = model.generator_steps
        self.bar.refresh()

    def remaining(self, model: GenerativeModule) -> float | None:
        """Returns the seconds that this run still takes; None for a run without an end."""
        if model.run_length is None or (step := self.seconds_of_a_step(model)) is None:
            return None
        steps, found = model.run_length - model.generator_steps, self.evaluation
        others = [(c.took, c.to_come(model)) for c in self.periodic if c is not found]
        if found is None:
            return remaining_seconds(Pace(step), steps, 0, 0, others) + self.closing
        pace = Pace(
            step=step,
            evaluation=mean(found.took[1:] or found.took) if found.took else None,  # the first may also have prepared
            expected=found.measure.expected_seconds(),
            expected_final=found.measure.expected_seconds(final=True),
        )
        finals = 1 if found.best_step == found.latest_step else 2
        return remaining_seconds(pace, steps, found.to_come(model), finals, others) + self.closing

    def mark(self, model: GenerativeModule) -> Mark:
        beside = fsum(seconds for callback in self.periodic for seconds in callback.took)
        return Mark(model.generator_steps, time.perf_counter(), beside)

    def seconds_of_a_step(self, model: GenerativeModule) -> float | None:
        """Returns the mean of the generator steps after the first one, which is slower; its own where it is the only
        one, and None before it."""
        now = self.mark(model)
        since = self.warm if self.warm and now.step > self.warm.step else self.began
        if now.step == since.step:
            return None
        return (now.time - since.time - now.beside + since.beside) / (now.step - since.step)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.close(pl_module)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        self.close(pl_module)

    def close(self, model: LightningModule) -> None:
        if self.bar is not None and not self.bar.disable:
            assert isinstance(model, GenerativeModule)
            self.show(model, [f"took {clock(time.perf_counter() - self.began.time)}"])
            self.bar.close()
