"""Pictures of generated samples during training."""

from abc import abstractmethod
from pathlib import Path

import numpy as np
import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.loggers import TensorBoardLogger, WandbLogger
from PIL.Image import Image

from gan_lab.callback.base import Periodic
from gan_lab.domains import NonNegativeInt
from gan_lab.images import save_gif
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.run_folder import RunFolder


class SamplePictures(Periodic):
    """Writes samples/step_NNNNNN.png, `times` over the run and once before it, and gives it to W&B and TensorBoard.

    samples/latest.png is always the last one, and at the end all of them become samples/training.gif.
    """

    def __init__(self, *, run_dir: str, times: NonNegativeInt) -> None:
        self.folder = RunFolder(Path(run_dir)).samples
        self.times = times

    @abstractmethod
    def picture(self, model: GenerativeModule) -> Image:
        """Returns the picture at this step, from the same random numbers each time."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, GenerativeModule)
        if pl_module.rounds == 0:
            with self.clocked():
                self.draw(trainer, pl_module)

    def act(self, trainer: Trainer, model: GenerativeModule) -> None:
        self.draw(trainer, model)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if trainer.is_global_zero and pl_module.finished:
            save_gif(sorted(self.folder.glob("step_*.png")), self.folder / "training.gif")

    @torch.no_grad()
    def draw(self, trainer: Trainer, model: GenerativeModule) -> None:
        if not trainer.is_global_zero:
            return
        model.settle()
        picture, step = self.picture(model), model.generator_steps
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (f"step_{step:06d}", "latest"):
            save_picture(picture, self.folder / f"{name}.png")
        for logger in trainer.loggers:
            if isinstance(logger, WandbLogger):
                logger.log_image("samples", [picture], step=step, caption=[caption(step)])
            elif isinstance(logger, TensorBoardLogger):
                logger.experiment.add_image("samples", np.asarray(picture.convert("RGB")), step, dataformats="HWC")


def caption(step: int) -> str:
    """Returns what stands below a picture in W&B."""
    return f"generator step {step:,}: the averaged generator, from the same codes at every step"
