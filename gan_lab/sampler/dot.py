"""Discriminator optimal transport."""

from functools import partial
from typing import Any, Literal, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import Positive, PositiveInt
from gan_lab.errors import CalibrationError, GanLabError
from gan_lab.maths.float64 import double
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.context import SamplingContext, require_finite
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.moving import first_codes, on_sphere, snapshots
from gan_lab.terminal.bar import bar
from gan_lab.types import Latent

OPTIMIZERS: dict[str, Any] = {"sgd": torch.optim.SGD, "adam": partial(torch.optim.Adam, betas=(0.0, 0.9))}


@final
class DOT(Sampler):
    """Moves each sample towards where a K-Lipschitz critic s would transport it.

    `space=latent` minimises ||e - e_0|| - s(G(z)) / k over e. z = mean + std e for the Gaussian of the code, so that e
    is standard normal for every prior. `prior_step=project` moves along the sphere of e_0, near which the prior's codes
    lie: it takes the tangential part of the gradient, and rescales e to the norm of e_0 after each step (codes of a
    uniform prior are kept in its cube instead).
    `space=target` minimises ||x - x_0|| - s(x) / K over the samples themselves. Images are kept in [-1, 1], and their
    codes remain those of x_0.

    k and K are the largest difference quotients of s over `k_pairs` random pairs, averaged over `k_repeats` sets. So no
    calibration is needed, and the scale of s has no effect. In a mixture or with classes, only pairs of one component
    count: samples stay in theirs, and a critic of classes may add any number to the scores of a class. There are
    `n_updates` steps of `lr`. `norm_eps` is added inside the norm, which otherwise has no gradient at 0. For
    s(x) = -K ||x - a||^2 / 2, a sample ends at distance min(1, ||x_0 - a||) from a.
    Source: Tanaka 2019, arXiv 1910.06832. By its erratum of 2023 all points between x_0 and its image are minimisers,
    so it is not guaranteed how far a sample moves. *Deviations:* the projection divides by ||e||^2, the public code by
    a constant, and does not rescale e; its pairs are of any classes.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        start: Sampler,
        space: Literal["latent", "target"],
        n_updates: PositiveInt,
        lr: Positive,
        optimizer: Literal["sgd", "adam"],
        k_pairs: PositiveInt,
        k_repeats: PositiveInt,
        norm_eps: Positive,
        prior_step: Literal["project", "none"],
    ) -> None:
        super().__init__(batch_size=batch_size)
        self.start = start
        self.space: Literal["latent", "target"] = space
        self.n_updates, self.lr = n_updates, lr
        self.optimizer: Literal["sgd", "adam"] = optimizer
        self.k_pairs, self.k_repeats, self.norm_eps = k_pairs, k_repeats, norm_eps
        self.prior_step: Literal["project", "none"] = prior_step

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        context.need_critic(self.name)
        self.start.prepare_on(context)
        key = {"what": "dot", "settings": str(self.stated())}
        self.slope = context.prepared.get(key, lambda: {"slope": double(self.largest_slope())})["slope"].item()
        if self.slope == 0:
            raise CalibrationError(
                "the critic gives every sample the same score, so there is no direction to move samples in"
            )

    def largest_slope(self) -> Float[Tensor, ""]:
        """Returns k or K, the critic's largest slope."""
        n = 2 * self.k_pairs * self.k_repeats
        latent = self.start.trial(n, "pairs")
        x = self.context.images(latent)
        score = self.context.values(self.score_of_code, latent)
        place = x.flatten(1) if self.space == "target" else self.context.prior.standard(latent)
        first, second = self.pairs(latent)
        distance = (place[first] - place[second]).norm(dim=2).clamp(min=1e-12)
        steepness = (score[first] - score[second]).abs() / distance
        if latent.component is None:
            return steepness.amax(1).mean()
        alike = latent.component[first] == latent.component[second]
        if not alike.any():
            raise GanLabError("no two of the random samples are of one component: raise sampler.k_pairs")
        return steepness.where(alike, 0.0).amax(1)[alike.any(1)].mean()

    def pairs(self, latent: Latent) -> Int[Tensor, "2 r p"]:
        """Returns the indices of the first and of the second sample of each pair, set by set: in a set, those of one
        component are partners as far as possible."""
        every = torch.arange(len(latent.z), device=latent.z.device)
        if latent.component is None:
            return every.view(2, self.k_repeats, self.k_pairs)
        order = latent.component.view(self.k_repeats, -1).argsort(dim=1, stable=True)
        return every.view(self.k_repeats, -1).gather(1, order).unflatten(1, (-1, 2)).movedim(2, 0)

    def score(self, x: Tensor, component: Tensor | None) -> Float[Tensor, " b"]:
        return self.context.loss.realness(self.context.judge(x).score, component)

    def score_of_code(self, latent: Latent) -> Float[Tensor, " b"]:
        return self.score(self.context.generate(latent), latent.component)

    def inside(self, draws: Draws) -> Drawn:
        """Raises GanLabError for `space=target`, where no code moves."""
        if self.space == "target":
            raise GanLabError("sampler=dot with space=target moves samples and not codes: nothing can start from it")
        return super().inside(draws)

    def draw(self, draws: Draws) -> Drawn:
        parts = [*self.context.parts(self.start.codes(draws.attempt(0)))]
        moved = [self.transport(part) for part in bar(parts, self.name)]
        latent = Latent.joined([one for one, _, _ in moved])
        x = torch.cat([images for _, images, _ in moved])
        by_step = zip(*(way for _, _, way in moved), strict=True)
        path = tuple(first_codes(Latent.joined([*parts])) for parts in by_step)
        stats = {"steps": float(self.n_updates)}
        return Drawn(latent, x, stats, {"slope": self.slope, "warnings": []}, path)

    def transport(self, latent: Latent) -> tuple[Latent, Tensor, tuple[Latent, ...]]:
        """Moves one batch in one of the spaces. Returns codes, images and the path of the first codes."""
        in_images = self.space == "target"
        origin = self.context.generate(latent) if in_images else self.context.prior.standard(latent)
        place = origin.clone().requires_grad_(True)
        optimizer = OPTIMIZERS[self.optimizer]([place], lr=self.lr)
        path, shown = [], snapshots(self.n_updates)
        for update in range(self.n_updates):
            if update in shown and not in_images:
                path.append(first_codes(self.context.prior.from_standard(place.detach(), latent)))
            with self.context.differentiating():
                if in_images:
                    score = self.score(place, latent.component)
                else:
                    score = self.score_of_code(self.context.prior.from_standard(place, latent))
                distance = (place - origin + self.norm_eps).flatten(1).norm(dim=1)
                (gradient,) = torch.autograd.grad((distance - score / self.slope).sum(), place)
            require_finite(
                gradient.flatten(1).sum(1), "gradients", f" at update {update} of {self.n_updates}: lower sampler.lr"
            )
            place.grad = self.tangent(gradient, place) if not in_images else gradient
            optimizer.step()
            self.keep_inside(place, origin)
        if in_images:
            return latent, place.detach(), ()
        end = self.context.prior.from_standard(place.detach(), latent)
        path.append(first_codes(end))
        return end, self.context.generate(end), tuple(path)

    def tangent(self, gradient: Float[Tensor, "n d"], e: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Returns the part of the gradient that is tangential to the sphere through e."""
        if not self.projects:
            return gradient
        e = e.detach()
        return gradient - (gradient * e).sum(1, keepdim=True) / e.square().sum(1, keepdim=True).clamp(min=1e-12) * e

    @property
    def projects(self) -> bool:
        """Whether codes keep their norm."""
        return self.space == "latent" and self.prior_step == "project" and not isinstance(self.context.prior, Uniform)

    def keep_inside(self, place: Tensor, origin: Tensor) -> None:
        """Clips images, and codes of a uniform prior, to [-1, 1], and rescales codes on a sphere to their norm."""
        if place.ndim == 4 or (self.space == "latent" and isinstance(self.context.prior, Uniform)):
            place.clamp_(-1, 1)
        if self.projects:
            # A tangent step of any length leads outwards, and one of Adam is no tangent.
            place.copy_(on_sphere(place, origin))
