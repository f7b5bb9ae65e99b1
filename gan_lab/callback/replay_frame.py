"""What is recorded of a model at one moment: values that a page can draw, without its weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.maths.divergence import histogram, jensen_shannon
from gan_lab.metric.earth_mover import earth_mover_distance
from gan_lab.metric.mode_coverage import mode_histogram
from gan_lab.model.base import AdversarialModule
from gan_lab.network.modes import evaluation_mode
from gan_lab.noise import IndexedNoise, seed_of
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform
from gan_lab.replay.recording import Recording
from gan_lab.types import Batch, Contest, Latent

ROOM = 1.3
"""Half the side of the window, in half the extent of the data."""
LINES = 21
"""Lines of the manifold's grid, each way."""
OUTERMOST = 0.025
"""The share of codes outside of the outermost line of the grid, on each side."""
JS_CELLS = 24
"""Parts of the window each way, whose shares of points are compared by the Jensen-Shannon divergence."""
EMD_POINTS = 256
"""Points of each side that are matched; the time grows with their cube."""
MODE_RADIUS = 4.0
"""Standard deviations of a mode in which a point counts as its own, as in `metric=points`."""


@dataclass(frozen=True)
class Stage:
    """What stays the same from frame to frame: the window, the real points, and where the networks are evaluated."""

    real: Float[ndarray, "n 2"]
    batch: Batch  # of training points, for losses of the generator that compare with them
    window: tuple[float, float, float]
    cells: int
    points: int
    measured: int
    modes: Float[Tensor, "k 2"] | None
    mode_std: float
    judges: bool  # whether a single point has a score
    draws: bool  # whether the codes have a plane of which the manifold can be drawn
    codes: int  # numbers in a code

    @classmethod
    def of(cls, model: AdversarialModule, data: DataModule, points: int, cells: int, measured: int) -> "Stage":
        """Sets the stage for a model and its data, with at most `points` and `measured` points of each side."""
        some = torch.arange(min(max(points, measured), len(data.validation)))
        real = data.validation.batch(some).images.double().numpy()
        low, high = real.min(0), real.max(0)
        drawn = torch.arange(points) % len(data.train)
        return cls(
            real=real,
            batch=data.train.batch(drawn),
            window=(*((low + high) / 2).tolist(), ROOM * float((high - low).max()) / 2),
            cells=cells,
            points=points,
            measured=measured,
            modes=data.modes,
            mode_std=data.mode_std or 0.0,
            judges=model.packing == 1 and not model.critic.couples_samples,
            draws=isinstance(model.prior, Normal | Uniform) and model.prior.dim > 1 and not model.generator.classes,
            codes=model.prior.dim,
        )

    def recording(self) -> Recording:
        """Returns a recording without frames."""
        why = {
            "score": "the critic judges several points together, so that a single one has no value",
            "manifold": "the codes have no plane with a density of its own: they are of a mixture, or one number each",
        }
        there = {"score": self.judges, "manifold": self.draws}
        lacking = {name: why[name] for name in why if not there[name]}
        if "score" in lacking:
            lacking["gradient"] = lacking["score"]
        return Recording(
            window=self.window,
            real=self.real[: self.points],
            lacking=lacking,
            modes=0 if self.modes is None else len(self.modes),
            about={"codes": str(self.codes)},
        )

    def plane(self) -> Float[Tensor, "n 2"]:
        """Returns the middles of the window's cells, row by row from the lowest one."""
        x, y, half = self.window
        middles = (2 * torch.arange(self.cells, dtype=torch.float64) + 1) / self.cells - 1
        rows, columns = torch.meshgrid(y + half * middles, x + half * middles, indexing="ij")
        return torch.stack([columns, rows], -1).view(-1, 2).float()

    def latent_grid(self, model: AdversarialModule) -> Latent:
        """Returns codes on a grid of the plane of their first two numbers, the others being 0.

        Its lines have equal shares of the codes between them, so that all cells are equally likely.
        """
        shares = torch.linspace(OUTERMOST, 1 - OUTERMOST, LINES, dtype=torch.float64)
        normal = isinstance(model.prior, Normal)
        line = (torch.special.ndtri(shares) if normal else 2 * shares - 1).float()
        z = torch.zeros(LINES * LINES, model.prior.dim)
        z[:, :2] = torch.cartesian_prod(line, line)
        return Latent(z.to(model.device))

    def generated(self, model: AdversarialModule, n: int) -> tuple[Tensor, Latent]:
        """Returns points of the same n codes at every moment, up to what training does to the prior; and the codes."""
        random = torch.Generator(model.device).manual_seed(seed_of("replay", model.seed))
        latent = model.prior.sample(self.points, random)
        if n > self.points:
            latent = Latent.joined([latent, model.prior.sample(n - self.points, random)])
        with evaluation_mode(model.generator):
            return model.generated(latent), latent

    def measures(self, model: AdversarialModule) -> dict[str, float]:
        """Returns the earth mover's distance, the Jensen-Shannon divergence and the covered modes of `measured`
        points."""
        fake = self.generated(model, self.measured)[0].detach().cpu().double()
        real = torch.from_numpy(self.real)
        m = min(EMD_POINTS, len(real), len(fake))
        shares = [histogram(points.numpy(), self.window, JS_CELLS) for points in (real, fake)]
        found = {"emd": earth_mover_distance(real[:m], fake[:m]), "js": jensen_shannon(*shares)}
        if self.modes is not None:
            counts = mode_histogram(fake, self.modes, self.mode_std, MODE_RADIUS)
            found["modes"] = float((counts[:-1] > 0).sum())
        return found


def frame_of(model: AdversarialModule, stage: Stage) -> dict[str, Float[ndarray, "..."]]:
    """Returns the quantities of `Recording`, of the networks as they are trained, not of their averages.

    The networks are in evaluation mode, and random numbers are of a stream of their own.
    """
    with torch.no_grad(), evaluation_mode(model), torch.autocast(model.device.type, enabled=False):
        fake, latent = stage.generated(model, stage.points)
        found: dict[str, Any] = {"fake": fake}
        if stage.judges:
            found["score"] = score_of(model, stage, fake, latent)
            found["gradient"] = gradient(model, stage, fake, latent)
        if stage.draws:
            grid = stage.latent_grid(model)
            found["manifold"] = model.generated(grid).view(LINES, LINES, 2)
    return {name: values.detach().cpu().numpy().astype(np.float64) for name, values in found.items()}


def score_of(
    model: AdversarialModule, stage: Stage, fake: Float[Tensor, "n 2"], latent: Latent
) -> Float[Tensor, "cells cells"]:
    """Returns the critic's score in the middle of each cell; of several scores the highest, and of a loss that compares
    batches the witness between the drawn points and as many real ones."""
    plane = stage.plane().to(model.device)
    if model.loss.compares_batches:
        scores = model.loss.judge(model.critic, contest_of(model, stage, fake, latent))(plane).score
    else:
        scores = model.judged(plane).score
    return scores.amax(1).view(stage.cells, stage.cells)


def contest_of(model: AdversarialModule, stage: Stage, fake: Float[Tensor, "n 2"], latent: Latent) -> Contest:
    """Returns the contest of these points, and of as many real ones if the generator's loss uses them."""
    noise = IndexedNoise(("replay", model.seed), model.device)
    reals = None
    if model.generator_needs_real:
        labels = stage.batch.labels
        reals = Batch(stage.batch.images.to(model.device), None if labels is None else labels.to(model.device))
    return model.meet(fake, latent, noise, reals)


def gradient(
    model: AdversarialModule, stage: Stage, fake: Float[Tensor, "n 2"], latent: Latent
) -> Float[Tensor, "n 2"]:
    """Returns -n dL/dx for all that the generator minimises by these n points x: where it moves each of them."""
    with torch.enable_grad():
        points = fake.detach().requires_grad_()
        turn = model.generator_turn(contest_of(model, stage, points, latent))
        total = torch.stack(list(turn.terms.minimised.values())).sum()
        (by_point,) = torch.autograd.grad(total, points)
    return -len(points) * by_point
