"""The base of all callbacks here, which act on generator steps instead of batches."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from lightning import Callback, LightningModule, Trainer

from gan_lab.domains import Declared
from gan_lab.model.generative import GenerativeModule


class StepCallback(Callback, Declared):
    """Calls `on_generator_step` after each round in which the generator stepped, never twice for the same step."""

    last_step = 0
    measuring = False
    """Whether it is at work that nothing depends on later, and that a signal may cut short."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.last_step = cast(GenerativeModule, pl_module).generator_steps

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        model = cast(GenerativeModule, pl_module)
        if model.generator_steps != self.last_step:
            self.on_generator_step(trainer, model)
            self.last_step = model.generator_steps

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        """Acts on the model after a round with a generator step."""


class Periodic(StepCallback, ABC):
    """Calls `act` at the generator steps that are `due`, `times` over the run, and notes how long that takes."""

    times: int

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        self.took: list[float] = []  # the seconds of each time since this process began

    def on_generator_step(self, trainer: Trainer, model: GenerativeModule) -> None:
        if due(model, self.times):
            with self.clocked():
                self.act(trainer, model)

    @abstractmethod
    def act(self, trainer: Trainer, model: GenerativeModule) -> None:
        """Does what is due."""

    @contextmanager
    def clocked(self) -> Iterator[None]:
        """Notes the seconds of the block in `took`."""
        start = time.perf_counter()
        yield
        self.took.append(time.perf_counter() - start)

    def to_come(self, model: GenerativeModule) -> int:
        """Returns how often this still acts in a run with an end."""
        assert model.run_length is not None
        left = model.run_length - self.last_step
        return min(left, self.times - self.last_step * self.times // model.run_length)


def due(model: GenerativeModule, times: int) -> bool:
    """Returns whether this generator step is one of `times` steps, evenly spaced over the run and including the
    last."""
    length = model.run_length
    if length is None:
        return False
    step = model.generator_steps
    return step * times // length > (step - 1) * times // length


def log(trainer: Trainer, model: GenerativeModule, values: dict[str, float]) -> None:
    """Logs values to every logger by generator step, together with `images_seen` and `seconds`."""
    clocks = {
        "generator_steps": model.generator_steps,
        "images_seen": model.images_seen,
        "seconds": round(model.seconds, 3),
    }
    for logger in trainer.loggers:
        logger.log_metrics(clocks | values, step=model.generator_steps)
