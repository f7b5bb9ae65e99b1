"""The base of all callbacks here, which act on generator steps instead of batches."""

from typing import Any, cast

from lightning import Callback, LightningModule, Trainer

from gan_lab.model.base import AdversarialModule


class StepCallback(Callback):
    """Calls `on_generator_step` after each round in which the generator stepped, never twice for the same step."""

    last_step = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.last_step = cast(AdversarialModule, pl_module).generator_steps

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        model = cast(AdversarialModule, pl_module)
        if model.generator_steps != self.last_step:
            self.last_step = model.generator_steps
            self.on_generator_step(trainer, model)

    def on_generator_step(self, trainer: Trainer, model: AdversarialModule) -> None:
        """Acts on the model after a round with a generator step."""


def due(model: AdversarialModule, times: int) -> bool:
    """Returns whether this generator step is one of `times` steps, evenly spaced over the run and including the
    last."""
    length = model.run_length
    if length is None:
        return False
    step = model.generator_steps
    return step * times // length > (step - 1) * times // length


def log(trainer: Trainer, model: AdversarialModule, values: dict[str, float]) -> None:
    """Logs values to every logger by generator step, together with `images_seen` and `seconds`."""
    clocks = {
        "generator_steps": model.generator_steps,
        "images_seen": model.images_seen,
        "seconds": round(model.seconds, 3),
    }
    for logger in trainer.loggers:
        logger.log_metrics(clocks | values, step=model.generator_steps)
