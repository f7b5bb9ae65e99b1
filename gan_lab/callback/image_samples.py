"""Grids of one fixed latent batch over training."""

from pathlib import Path
from typing import final

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.loggers import TensorBoardLogger, WandbLogger
from torch import Tensor

from gan_lab.callback.base import StepCallback, due
from gan_lab.images import grid, save_gif, save_png, to_pil
from gan_lab.model.base import AdversarialModule
from gan_lab.noise import seed_of
from gan_lab.sampler.direct import evaluation_mode
from gan_lab.types import Latent


@final
class ImageSamples(StepCallback):
    """Writes samples/step_NNNNNN.png of the averaged generator, `times` over the run and once before it.

    The random numbers stay the same, so that one sees the same digits take shape; a trained prior moves them. With a
    mixture prior each column is one component. samples/latest.png is always the last grid, and at the end all of them
    become samples/training.gif.
    """

    def __init__(self, *, run_dir: str, times: int, rows: int, columns: int) -> None:
        self.folder = Path(run_dir) / "samples"
        self.times = times
        self.rows = rows
        self.columns = columns

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, AdversarialModule)
        if pl_module.generator_steps == 0:
            self.draw(trainer, pl_module)

    def on_generator_step(self, trainer: Trainer, model: AdversarialModule) -> None:
        if due(model, self.times):
            self.draw(trainer, model)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, AdversarialModule)
        if trainer.is_global_zero and pl_module.finished:
            save_gif(sorted(self.folder.glob("step_*.png")), self.folder / "training.gif")

    @torch.no_grad()
    def draw(self, trainer: Trainer, model: AdversarialModule) -> None:
        if not trainer.is_global_zero:
            return
        random = torch.Generator(model.device).manual_seed(seed_of("sample grid", model.seed))
        count = self.rows * self.columns
        latent = model.averaged_prior.sample(20 * count, random)
        with evaluation_mode(model.averaged_generator):
            picture = grid(model.averaged_generator(latent.z[self.arrange(latent)]), columns=self.columns)
        for name in (f"step_{model.generator_steps:06d}", "latest"):
            save_png(picture, self.folder / f"{name}.png")
        for logger in trainer.loggers:
            if isinstance(logger, WandbLogger):
                logger.log_image("samples", [to_pil(picture)], step=model.generator_steps)
            elif isinstance(logger, TensorBoardLogger):
                logger.experiment.add_image("samples", picture, model.generator_steps)

    def arrange(self, latent: Latent) -> Tensor:
        """Which codes to show: the first ones, or, of a mixture, as many of each component, one component a column."""
        count = self.rows * self.columns
        if latent.component is None:
            return torch.arange(count)
        components = int(latent.component.max()) + 1
        columns = [(latent.component == c % components).nonzero()[: self.rows, 0] for c in range(self.columns)]
        if any(len(column) < self.rows for column in columns):
            return torch.arange(count)
        return torch.stack(columns, dim=1).flatten()
