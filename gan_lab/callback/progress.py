"""The progress bar."""

import time
from typing import Any, final

from lightning import LightningModule, Trainer
from tqdm import tqdm

from gan_lab.callback.base import StepCallback
from gan_lab.callback.evaluation import Evaluation
from gan_lab.callback.remaining_time import Pace, clock, remaining_seconds
from gan_lab.distributed.environment import quiet
from gan_lab.model.base import AdversarialModule

FORMAT = "{desc}: {percentage:.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}"
EVERY = 0.5
"""Seconds between two looks of the bar."""


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
        self.looked = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, AdversarialModule)
        self.evaluation = next((c for c in trainer.callbacks if isinstance(c, Evaluation)), None)  # type: ignore[attr-defined]
        self.first_step = pl_module.generator_steps
        self.bar = None

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Opens the bar: before the first round, real images may have been measured, in bars of their own."""
        if self.bar is not None or not trainer.is_global_zero:
            return
        assert isinstance(pl_module, AdversarialModule)
        self.began = time.perf_counter()
        self.bar = tqdm(
            desc=self.label,
            total=pl_module.run_length,
            initial=pl_module.generator_steps,
            bar_format=FORMAT,
            dynamic_ncols=True,
            disable=quiet(),
        )

    def on_generator_step(self, trainer: Trainer, model: AdversarialModule) -> None:
        if self.bar is None or self.bar.disable:
            return
        if time.perf_counter() - self.looked < EVERY:
            return
        self.looked = time.perf_counter()
        seconds = self.remaining(model)
        self.show(model, [] if seconds is None else [f"{clock(seconds)} left"])

    def show(self, model: AdversarialModule, words: list[str]) -> None:
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

    def remaining(self, model: AdversarialModule) -> float | None:
        """Returns the seconds that this run still takes; None for a run without an end."""
        done = model.generator_steps - self.first_step
        if model.run_length is None or not done:
            return None
        seconds, found = time.perf_counter() - self.began, self.evaluation
        if found is None:
            return remaining_seconds(Pace(seconds / done), model.run_length - model.generator_steps, 0, 0)
        timed = found.timed_evaluations
        pace = Pace(
            step=(seconds - sum(timed)) / done,
            evaluation=sum(timed) / len(timed) if timed else None,
            expected=found.measure.expected_seconds(),
            expected_final=found.measure.expected_seconds(final=True),
        )
        finals = 1 if found.best_step == found.latest_step else 2
        return remaining_seconds(pace, model.run_length - model.generator_steps, found.to_come(model), finals)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.close(pl_module)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        self.close(pl_module)

    def close(self, model: LightningModule) -> None:
        if self.bar is not None and not self.bar.disable:
            assert isinstance(model, AdversarialModule)
            self.show(model, [f"took {clock(time.perf_counter() - self.began)}"])
            self.bar.close()
