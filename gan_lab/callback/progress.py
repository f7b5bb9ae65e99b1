"""The progress bar."""

from typing import final

from lightning import LightningModule, Trainer
from tqdm import tqdm

from gan_lab.callback.base import StepCallback
from gan_lab.distributed.environment import quiet
from gan_lab.model.base import AdversarialModule


@final
class Progress(StepCallback):
    """Generator steps done, left and per second; a resumed run starts where it stopped."""

    def __init__(self, *, label: str) -> None:
        self.label = label
        self.bar: tqdm | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, AdversarialModule)
        if trainer.is_global_zero:
            self.bar = tqdm(
                desc=self.label,
                total=pl_module.run_length,
                initial=pl_module.generator_steps,
                unit="step",
                dynamic_ncols=True,
                mininterval=0.5,
                disable=quiet(),
            )

    def on_generator_step(self, trainer: Trainer, model: AdversarialModule) -> None:
        if self.bar is not None:
            self.bar.update(model.generator_steps - self.bar.n)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.close()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        self.close()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
