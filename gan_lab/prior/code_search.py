"""Finds the codes of given images."""

from contextlib import ExitStack
from dataclasses import dataclass
from math import sqrt
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.domains import Declared, NonNegative, Positive, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.maths.float32 import full_float32
from gan_lab.network.modes import evaluation_mode, frozen
from gan_lab.noise import IndexedNoise
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.uniform import Uniform
from gan_lab.terminal.bar import bar
from gan_lab.types import Latent


@dataclass(frozen=True, slots=True)
class FoundCodes:
    """The best codes of n images, with their images G(z), and how well they fit.

    `error` is the mean squared pixel error, `norm` is ||e|| / sqrt(d), which is near 1 for codes of a Gaussian prior,
    and `losses` are those of every start, the least of which is kept.
    """

    latent: Latent
    x: Float[Tensor, " n *shape"]
    error: Float[Tensor, " n"]
    norm: Float[Tensor, " n"]
    losses: Float[Tensor, "n starts"]

    @property
    def loss(self) -> Float[Tensor, " n"]:
        """The loss of the best start of each image."""
        return self.losses.amin(1)


@final
class CodeSearch(Declared):
    """Finds for each image x the code z whose image G(z) is nearest, by gradient descent from several starts.

    With z = mean_k + std_k e for the Gaussian of the component k (mean 0 and std 1 where there is only one), it
    minimises over e in R^d

        loss(e) = mean over pixels of (G(z, k) - x)^2 + weight (||e|| / sqrt(d) - 1)^2

    by Adam in `steps` steps, with a learning rate that falls from `learning_rate` to 0 along half a cosine. Images are
    in [-1, 1], so that the error is between 0 and 4. The second term is small, and keeps e near the sphere on which a
    Gaussian in many dimensions has its mass. A uniform prior has no such sphere: e is z, which is clipped to the cube
    after each step, and there is no second term.

    The starts are the `starts` nearest images among those of `candidates` codes of the prior, the same codes for all
    images, as many of each component or class. A start keeps its component: which one an image has is decided by the
    candidates, and at the end by the loss, since the start with the least loss is kept. The code of an image depends
    neither on the other images nor on `batch_size`, the number of codes that move together, but for rounding errors.

    Sources: Creswell & Bharath 2016 (arXiv 1611.05644) for the descent, Lipton & Tripathi 2017 (arXiv 1702.04782) for
    clipping, Bora et al. 2017 (arXiv 1703.03208) for several starts and a term for the prior. *Deviations:* the starts
    are chosen among candidates instead of drawn at random, clipped coordinates end on the border instead of being drawn
    anew, and the term for the prior is that of the sphere instead of ||z||^2, which pulls codes into the middle, where
    the prior has hardly any.
    """

    def __init__(
        self,
        *,
        candidates: PositiveInt,
        starts: PositiveInt,
        steps: PositiveInt,
        learning_rate: Positive,
        weight: NonNegative,
        batch_size: PositiveInt,
    ) -> None:
        if starts > candidates:
            raise GanLabError(f"starts={starts} must be at most candidates={candidates}, among which they are chosen")
        self.candidates, self.starts = candidates, starts
        self.steps, self.learning_rate, self.weight = steps, learning_rate, weight
        self.batch_size = batch_size

    def stated(self) -> dict[str, int | float]:
        """Returns the settings that affect results by name; the batch size does not."""
        return {name: value for name, value in vars(self).items() if name != "batch_size"}

    def find(
        self, generator: nn.Module, prior: LatentPrior, images: Float[Tensor, " n *shape"], *key: int | str
    ) -> FoundCodes:
        """Returns the codes of images, on the device of the generator; the candidates depend on the key alone.

        The generator is used in evaluation mode and in full float32. Raises GanLabError where its images or the codes
        are not finite.
        """
        weights = next(generator.parameters())
        with ExitStack() as stack:
            for network in (generator, prior):
                stack.enter_context(evaluation_mode(network))
                stack.enter_context(frozen(network))
            stack.enter_context(torch.autocast(weights.device.type, enabled=False))
            stack.enter_context(full_float32())
            stack.enter_context(torch.inference_mode(False))
            stack.enter_context(torch.no_grad())
            images = images.to(weights, copy=True)
            candidates = self.draw(prior, IndexedNoise(("codes", *key), weights.device))
            theirs = generator(candidates.z.to(weights), candidates.component)
            if broken := int((~theirs.flatten(1).isfinite()).any(1).sum()):
                raise GanLabError(f"{broken} of {len(theirs)} samples are not finite: the model cannot be used")
            parts = images.split(max(1, self.batch_size // self.starts))
            done, found = 0, []
            for part in parts:
                title = f"codes of images {done + 1:,} to {done + len(part):,} of {len(images):,}"
                begun = self.nearest(candidates, theirs, part)
                found.append(self.descend(generator, prior, part, begun, title))
                done += len(part)
        codes = joined(found)
        if broken := int((~codes.error.isfinite()).sum()):
            raise GanLabError(f"the codes of {broken} images became infinite or NaN: descent.learning_rate is too high")
        return codes

    def draw(self, prior: LatentPrior, noise: IndexedNoise) -> Latent:
        """Returns the candidates, as many of each component as of the others, or one more."""
        among = max(1, prior.components)
        component = torch.arange(self.candidates, device=noise.device) % among if prior.components else None
        return prior.sample(self.candidates, noise.generator, component)

    def nearest(self, candidates: Latent, theirs: Tensor, images: Float[Tensor, " b *shape"]) -> Latent:
        """Returns the candidates whose images, `theirs`, are nearest to each image: the nearest first, one image after
        the other."""
        order = [squared_error(theirs, image).argsort(stable=True)[: self.starts] for image in images]
        return candidates.map(lambda values: values[torch.cat(order)])

    def descend(
        self, generator: nn.Module, prior: LatentPrior, images: Float[Tensor, " b *shape"], begun: Latent, title: str
    ) -> FoundCodes:
        """Returns the best of the codes that end the descents from `begun`, as many for each image as there are
        starts, one image after the other."""
        wanted = images.repeat_interleave(self.starts, 0)
        e = prior.standard(begun).to(wanted).detach().requires_grad_(True)
        optimizer = torch.optim.Adam([e], lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, self.steps)

        def judged() -> tuple[Tensor, Tensor, Tensor]:
            x = generator(prior.from_standard(e, begun).z, begun.component)
            error = squared_error(x, wanted)
            return x, error, error + self.weight * self.off_sphere(prior, e)

        for _ in bar(range(self.steps), title):
            with torch.enable_grad():
                (gradient,) = torch.autograd.grad(judged()[2].sum(), e)
            e.grad = gradient
            optimizer.step()
            schedule.step()
            if isinstance(prior, Uniform):
                e.clamp_(-1, 1)
        x, error, loss = judged()
        losses = loss.unflatten(0, (-1, self.starts)).nan_to_num(torch.inf)
        best = losses.argmin(1) + self.starts * torch.arange(len(images), device=loss.device)
        latent = prior.from_standard(e.detach(), begun).map(lambda of: of[best])
        return FoundCodes(latent, x[best], error[best], relative_norm(e.detach()[best]), losses)

    @staticmethod
    def off_sphere(prior: LatentPrior, e: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        """Returns (||e|| / sqrt(d) - 1)^2, 0 for a uniform prior."""
        return e.new_zeros(len(e)) if isinstance(prior, Uniform) else (relative_norm(e) - 1).square()


def squared_error(x: Float[Tensor, " b *shape"], wanted: Tensor) -> Float[Tensor, " b"]:
    """Returns the mean squared error over the pixels of each image."""
    return (x - wanted).square().flatten(1).mean(1)


def relative_norm(e: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
    """Returns ||e|| / sqrt(d)."""
    return torch.linalg.vector_norm(e, dim=1) / sqrt(e.shape[1])


def joined(parts: list[FoundCodes]) -> FoundCodes:
    """Returns the codes of several batches as one."""
    tensors = ([getattr(part, name) for part in parts] for name in ("x", "error", "norm", "losses"))
    return FoundCodes(Latent.joined([part.latent for part in parts]), *map(torch.cat, tensors))
