"""Pictures of real and generated points with the contours of the critic's score."""

from typing import Annotated, Any, final

import numpy as np
import torch
from lightning import LightningModule, Trainer
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from gan_lab.callback.sample_pictures import SamplePictures
from gan_lab.domains import NonNegativeInt, at_least
from gan_lab.model.generative import GenerativeModule
from gan_lab.network.flow import Flow
from gan_lab.network.modes import evaluation_mode
from gan_lab.noise import seed_of

PATHS, STEPS = 60, 20
"""Paths of a flow that are drawn, and their steps."""


@final
class PointSamples(SamplePictures):
    """Real points, points of the averaged generator, and the critic's score (a class critic's highest) as contours.

    There are no contours if a single point has no score, because of packing or batch statistics, or there is no critic.
    Of a flow, the paths of some points are drawn.
    """

    def __init__(
        self, *, run_dir: str, times: NonNegativeInt, points: Annotated[int, at_least(1, most=1_000_000)]
    ) -> None:
        super().__init__(run_dir=run_dir, times=times)
        self.points = points

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        self.real = data.validation.batch(torch.arange(min(self.points, len(data.validation)))).images.cpu()
        self.edge = 1.3 * float(self.real.abs().max())
        super().on_train_start(trainer, pl_module)

    def picture(self, model: GenerativeModule) -> Image.Image:
        random = torch.Generator(model.device).manual_seed(seed_of("sample points", model.seed))
        latent = model.averaged_prior.sample(self.points, random)
        with evaluation_mode(model.averaged_generator):
            fake = model.averaged_generator(latent.z, latent.component).cpu()
        figure = Figure(figsize=(5, 5), dpi=100, layout="constrained")
        panel = figure.subplots()
        if model.critic is not None and model.packing == 1 and not model.critic.couples_samples:
            axis = torch.linspace(-self.edge, self.edge, 60)
            with evaluation_mode(model.critic):
                plane = torch.cartesian_prod(axis, axis).to(model.device)
                score = model.critic(plane).score.amax(1).cpu().view(60, 60).T
            panel.contourf(axis, axis, score, levels=20, cmap="RdYlBu_r", alpha=0.6)
        if isinstance(flow := model.averaged_generator, Flow):
            path = flow.path(latent.z[:PATHS], "heun", STEPS).cpu()
            panel.plot(path[..., 0], path[..., 1], color="grey", linewidth=0.6, alpha=0.7)
        for points, color, label in ((self.real, "black", "real"), (fake, "tab:green", "generated")):
            panel.scatter(points[:, 0], points[:, 1], s=4, color=color, alpha=0.5, label=label)
        panel.set(xlim=(-self.edge, self.edge), ylim=(-self.edge, self.edge), aspect="equal")
        panel.set_title(f"generator step {model.generator_steps}")
        panel.legend(loc="upper right", fontsize=8)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
