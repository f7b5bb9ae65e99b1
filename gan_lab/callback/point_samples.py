"""2-D data: real and generated points over the critic's landscape."""

from pathlib import Path
from typing import Any, final

import torch
from lightning import LightningModule, Trainer
from matplotlib.figure import Figure
from torch import Tensor

from gan_lab.callback.base import StepCallback, due
from gan_lab.images import save_gif
from gan_lab.model.base import AdversarialModule
from gan_lab.noise import seed_of
from gan_lab.sampler.direct import evaluation_mode


@final
class PointSamples(StepCallback):
    """Writes samples/step_NNNNNN.png, `times` over the run and once before it, and samples/training.gif at its end.

    samples/latest.png is always the last of them.

    The contours are the critic's score (for a class critic the highest one); the same latent noise each time.
    """

    def __init__(self, *, run_dir: str, times: int, points: int) -> None:
        self.folder = Path(run_dir) / "samples"
        self.times = times
        self.points = points

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, AdversarialModule)
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        self.real = data.validation.batch(torch.arange(min(self.points, len(data.validation)))).images.cpu()
        self.edge = 1.3 * float(self.real.abs().max())
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
        random = torch.Generator(model.device).manual_seed(seed_of("sample points", model.seed))
        with evaluation_mode(model.averaged_generator), evaluation_mode(model.critic):
            fake = model.averaged_generator(model.averaged_prior.sample(self.points, random).z).cpu()
            axis = torch.linspace(-self.edge, self.edge, 60)
            plane = torch.cartesian_prod(axis, axis)
            score = model.critic(plane.to(model.device)).score.amax(1).cpu().view(60, 60).T
        figure = self.picture(fake, axis, score, f"generator step {model.generator_steps}")
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (f"step_{model.generator_steps:06d}", "latest"):
            figure.savefig(self.folder / f"{name}.png")

    def picture(self, fake: Tensor, axis: Tensor, score: Tensor, title: str) -> Figure:
        figure = Figure(figsize=(5, 5), dpi=100, layout="constrained")
        panel = figure.subplots()
        panel.contourf(axis, axis, score, levels=20, cmap="RdYlBu_r", alpha=0.6)
        for points, color, label in ((self.real, "black", "real"), (fake, "tab:green", "generated")):
            panel.scatter(points[:, 0], points[:, 1], s=4, color=color, alpha=0.5, label=label)
        panel.set(xlim=(-self.edge, self.edge), ylim=(-self.edge, self.edge), aspect="equal", title=title)
        panel.legend(loc="upper right", fontsize=8)
        return figure
