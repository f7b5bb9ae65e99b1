"""Discriminator gradient flow."""

from math import sqrt
from typing import Annotated, Any, Literal, final

import torch
from torch import Tensor

from gan_lab.domains import NonNegative, Positive, PositiveInt, at_least
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.context import SamplingContext, require_finite
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.log_ratio import Calibration, LogRatio, refuse_steps
from gan_lab.sampler.moving import first_codes, snapshots
from gan_lab.terminal.bar import bar
from gan_lab.types import Latent

Divergence = Literal["kl", "log_d", "js"]

SPEEDS = {"kl": torch.ones_like, "log_d": lambda d: (-d).sigmoid(), "js": torch.sigmoid}
"""s_f = r f''(r) at r = exp(-d), of the f-divergence whose entropy-regularised gradient flow is followed."""


@final
class DGflow(Sampler):
    """z <- z + eta s_f(d) grad_z d(G(z)) + sqrt(2 eta gamma) xi, `n_steps` times from the codes of `start`.

    This is the gradient flow of an entropy-regularised f-divergence in the latent space: s_f is 1 for `kl`, sigmoid(-d)
    for `log_d`, sigmoid(d) for `js`. There is no prior term, so codes drift away from the prior (`z2` reports how far):
    it refines samples cheaply but does not sample from a known distribution.
    Source: Ansari et al. 2021, arXiv 2012.00780.
    """

    ratio: LogRatio

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        start: Sampler,
        calibration: Calibration,
        calibration_samples: Annotated[int, at_least(20)],
        f: Divergence,
        eta: Positive,
        gamma: NonNegative,
        n_steps: PositiveInt,
    ) -> None:
        super().__init__(batch_size=batch_size)
        refuse_steps(calibration)
        self.start = start
        self.calibration: Calibration = calibration
        self.calibration_samples = calibration_samples
        self.f: Divergence = f
        self.eta, self.gamma, self.n_steps = eta, gamma, n_steps

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        context.need_critic(self.name)
        self.start.prepare_on(context)
        self.ratio = LogRatio(
            context, calibration=self.calibration, samples=self.calibration_samples, source=self.start
        )

    def draw(self, draws: Draws) -> Drawn:
        latent, path = self.start.codes(draws.attempt(0)), []
        shown = snapshots(self.n_steps)
        for step in bar(range(self.n_steps), self.name):
            if step in shown:
                path.append(first_codes(latent))
            d, gradient = self.context.gradients(self.ratio.of_code, latent)
            require_finite(d + gradient.sum(1), "gradients", f" at step {step} of {self.n_steps}: lower sampler.eta")
            noise = sqrt(2 * self.eta * self.gamma) * draws.normal("flow", step)
            speed: Tensor = SPEEDS[self.f](d)[:, None]
            latent = Latent(latent.z + self.eta * speed * gradient + noise, latent.component)
        require_finite(latent.z.sum(1), "codes", ": lower sampler.eta")
        path.append(first_codes(latent))
        report: dict[str, Any] = {"calibration": self.ratio.report, "warnings": [*self.ratio.warnings]}
        report["z2"] = self.context.spread(latent)
        return Drawn(latent, None, {"steps": float(self.n_steps)}, report, tuple(path))
