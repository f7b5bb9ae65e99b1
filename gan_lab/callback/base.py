"""What callbacks of this project share: they live by generator steps, not by batches."""

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
        """What the callback does with the model after a round."""


def due(model: AdversarialModule, times: int) -> bool:
    """Whether this generator step is one of `times` evenly spread over the run, the last of which ends it."""
    length = model.run_length
    if length is None:
        return False
    step = model.generator_steps
    return step * times // length > (step - 1) * times // length


def log(trainer: Trainer, model: AdversarialModule, values: dict[str, float]) -> None:
    """Gives values to every logger, against generator steps, with `images_seen` and `seconds` beside them."""
    clocks = {
        "generator_steps": model.generator_steps,
        "images_seen": model.images_seen,
        "seconds": round(model.seconds, 3),
    }
    for logger in trainer.loggers:
        logger.log_metrics(clocks | values, step=model.generator_steps)
