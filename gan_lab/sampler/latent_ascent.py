"""Gradient ascent of codes on learnt latent weights."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import Positive, PositiveInt
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.latent_reweighting import LatentReweighting
from gan_lab.sampler.latent_weights import LatentWeights
from gan_lab.sampler.moving import first_codes, on_sphere, snapshots
from gan_lab.types import Latent


@final
class LatentAscent(Sampler):
    """latentGA: e <- e + step_size grad log w, `steps` times, each time rescaled to the initial norm of e.

    z = mean + std e for the Gaussian of the code (in a mixture, of its component), so that the norm of e is near
    sqrt(d) under the prior. Codes of a uniform prior are kept in their cube instead. The initial codes are those of
    `start`: `direct`, or `latent_reweighting` for both of the paper's methods together. Codes move towards modes of w,
    which can reduce recall.
    Source: Issenhuth et al. 2022, arXiv 2110.09803. *Deviation:* the gradient of log w instead of w, so that the scale
    of w has no effect.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        start: Sampler,
        weights: LatentWeights,
        steps: PositiveInt,
        step_size: Positive,
    ) -> None:
        super().__init__(batch_size=batch_size)
        self.start = start
        self.weights = weights
        self.steps, self.step_size = steps, step_size

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        context.need_critic(self.name)
        self.start.prepare_on(context)
        if isinstance(self.start, LatentReweighting) and self.start.weights.stated() == self.weights.stated():
            self.weights = self.start.weights  # the same weights, which are already trained
        else:
            self.weights.prepare_on(context)

    def draw(self, draws: Draws) -> Drawn:
        begun = self.start.inside(draws.attempt(0))
        latent, path, shown = begun.latent, [], snapshots(self.steps)
        e = self.context.prior.standard(latent)
        origin = e
        for step in range(self.steps):
            if step in shown:
                path.append(first_codes(latent))
            _, gradient = self.context.gradients(self.log_weight, Latent(e, latent.component))
            e = e + self.step_size * gradient
            e = e.clamp(-1, 1) if isinstance(self.context.prior, Uniform) else on_sphere(e, origin)
            latent = self.context.prior.from_standard(e, latent)
        path.append(first_codes(latent))
        report = begun.report | {"weights": self.weights.report, "warnings": [*self.weights.warnings]}
        return Drawn(latent, None, begun.stats | {"steps": float(self.steps)}, report, tuple(path))

    def log_weight(self, standard: Latent) -> Float[Tensor, " b"]:
        """Returns log w as a function of e."""
        return self.weights.weights(self.context.prior.from_standard(standard.z, standard)).log()
