"""Discriminator driven latent sampling."""

from math import cos, pi
from typing import Annotated, Any, Literal, final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import AboveOne, Inside, Positive, PositiveInt, at_least
from gan_lab.errors import GanLabError, SamplingNumericsError
from gan_lab.maths.float64 import double
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.context import SamplingContext, mean_square, require_finite
from gan_lab.sampler.direct import Direct
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.log_ratio import Calibration, LogRatio, refuse_steps
from gan_lab.sampler.moving import first_codes, snapshots
from gan_lab.sampler.relaxation import ENOUGH, Relaxation
from gan_lab.terminal.bar import bar
from gan_lab.types import Latent

CHANCE = 10.0
"""Seven standard deviations of the mean square of n normal numbers, times the square root of n."""


@final
class DDLS(Sampler):
    """Runs a Langevin chain per sample in the latent space; target exp(-E(z) / T), E(z) = -log p0(z) - d(G(z)).

    z <- z - (eps / 2) grad E(z) + sqrt(eps T) xi with xi ~ N(0, I), `n_steps` times, from the codes of `start`. If
    d = log p_data / p_g is exact and T = 1, G(z) follows p_data on the support of p_g. The noise is determined by T and
    eps; the published factors of 0.01 for the gradient and 0.1 for xi mean T = 0.5, which sharpens. `schedule=cosine`
    lowers eps to `eps_min`. For a uniform prior, chains are reflected at the faces of the cube.

    With `per_component`, the chains of a mixture stay in the component that they were drawn for. p0 is then the
    Gaussian of that component, z = mean + std e, and the chain moves e, so that eps means the same for every prior. The
    components keep the generator's shares, whatever d is. Otherwise p0 is the mixture, and at the end each sample gets
    a component k drawn from p(k | z). This is refused where a component is chosen, or where generator or d depend on
    it. With a labelled prior, chains always keep their class.

    `mala` accepts each step with the Metropolis-Hastings probability, which makes the chain exact for any eps. Every
    chain adapts its eps to the acceptance rate `target_accept` in the first third of the steps, and then keeps it.
    Without `mala`, the variance for a unit Gaussian is 1 / (1 - eps / 4) instead of 1.

    `relaxation` reports how many relaxation times the chains have run, estimated from how they forget their start; see
    `Relaxation`. It is about n eps / 2 if the critic is flat, and more where it is curved. Below 3 there is a warning:
    such chains refine their start rather than sample from the target. Fewer than 400 coordinates in all chains are too
    few to tell, and `relaxation` is left out.

    The score of a Wasserstein critic is no log-ratio. `calibration=platt` (the default) fits a slope; `energy` uses the
    score as it is. Raises SamplingNumericsError if a chain becomes NaN or infinite, or if the mean square of the codes
    exceeds `max_z2` max(1, T) times the prior's, since T multiplies the variance; then eps is too large.
    Source: Che et al. 2020, arXiv 2003.06060; source document 000 prints the bracket and the variable of the energy
    wrongly.
    """

    ratio: LogRatio

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        start: Sampler,
        calibration: Calibration,
        calibration_samples: Annotated[int, at_least(20)],
        n_steps: PositiveInt,
        eps: Positive,
        eps_min: Positive | None,
        schedule: Literal["constant", "cosine"],
        temperature: Positive,
        mala: bool,
        target_accept: Inside,
        per_component: bool,
        max_z2: AboveOne,
    ) -> None:
        super().__init__(batch_size=batch_size)
        refuse_steps(calibration)
        if (schedule == "cosine") != (eps_min is not None) or (schedule == "cosine" and mala):
            raise ValueError("schedule=cosine and eps_min go together, and mala finds its eps by itself")
        if eps_min is not None and eps_min > eps:
            raise ValueError(f"eps_min must be at most eps, which is {eps}, not {eps_min}")
        self.start = start
        self.calibration: Calibration = calibration
        self.calibration_samples = calibration_samples
        self.n_steps, self.eps, self.eps_min = n_steps, eps, eps_min
        self.schedule: Literal["constant", "cosine"] = schedule
        self.temperature = temperature
        self.mala, self.target_accept = mala, target_accept
        self.per_component = per_component
        self.max_z2 = max_z2

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        context.need_critic(self.name)
        self.start.prepare_on(context)
        plain = Direct(batch_size=self.batch_size)  # d is for codes of the prior, wherever chains start
        plain.prepare_on(context)
        self.unit = 1.0 if self.per_component else mean_square(plain.trial(10_000, "spread").z)
        if isinstance(context.prior, Uniform):
            self.unit = 1 / 3
        self.ratio = LogRatio(context, calibration=self.calibration, samples=self.calibration_samples, source=plain)
        if self.changes_component and (context.generator.classes or self.ratio.classes):
            raise GanLabError(
                "sampler.per_component=false lets chains change their component, and this model's generator or critic "
                "depends on it: set sampler.per_component=true"
            )

    @property
    def changes_component(self) -> bool:
        """Whether chains move between the Gaussians of a mixture."""
        return not self.per_component and isinstance(self.context.prior, GaussianMixture)

    def minus_energy(self, place: Latent) -> Float[Tensor, " b"]:
        """Returns -E at each position, up to a constant, computed in one batch."""
        return self.log_prior(place) + self.ratio.of_code(self.code(place))

    def log_prior(self, place: Latent) -> Float[Tensor, " b"]:
        if isinstance(self.context.prior, Uniform):
            return place.z.new_zeros(len(place.z))
        if not self.per_component:
            return self.context.prior.log_prob(place.z)
        return -0.5 * place.z.square().sum(1)

    def code(self, place: Latent) -> Latent:
        """Returns the codes of positions: z = mean + std e if chains stay in their component, else the positions."""
        return self.context.prior.from_standard(place.z, place) if self.per_component else place

    def step_size(self, step: int) -> float:
        """Returns eps of a step of the schedule."""
        if self.schedule == "constant" or self.eps_min is None:
            return self.eps
        return self.eps_min + (self.eps - self.eps_min) * (1 + cos(pi * step / max(1, self.n_steps - 1))) / 2

    def draw(self, draws: Draws) -> Drawn:
        if self.changes_component and draws.component is not None:
            raise GanLabError(
                "with sampler.per_component=false chains change their component, so that none can be chosen: set "
                "sampler.per_component=true"
            )
        latent = self.start.codes(draws.attempt(0))  # its noise, if any, differs from this sampler's
        if self.per_component:
            latent = Latent(self.context.prior.standard(latent), latent.component)
        value, gradient = self.context.gradients(self.minus_energy, latent)
        self.check(latent, value, 0)
        first_value, path, accepted = value, [], torch.zeros_like(value)
        eps = torch.full_like(value, self.eps)  # of each chain
        shown, relaxation = snapshots(self.n_steps), Relaxation(latent.z)
        for step in bar(range(self.n_steps), self.name):
            if step in shown:
                path.append(first_codes(self.code(latent)))
            if not self.mala:
                eps = torch.full_like(value, self.step_size(step))
            noise = draws.normal("langevin", step)
            proposed = self.moved(latent, gradient, eps, noise)
            new_value, new_gradient = self.context.gradients(self.minus_energy, proposed)
            if self.mala:
                log_alpha = self.log_acceptance(latent, value, gradient, proposed, new_value, new_gradient, eps)
                taken = (double(draws.uniform("accept", step)).log() < log_alpha).to(value.device)
                if 3 * step < self.n_steps:  # the decreasing steps of Robbins and Monro
                    gain = (step + 1) ** -0.6
                    eps = eps * torch.exp(gain * (log_alpha.clamp(max=0).exp() - self.target_accept)).to(eps)
                accepted += taken
                value = torch.where(taken, new_value, value)
                gradient = torch.where(taken[:, None], new_gradient, gradient)
                latent = Latent(torch.where(taken[:, None], proposed.z, latent.z), latent.component)
            else:
                latent, value, gradient = proposed, new_value, new_gradient
            self.check(latent, value, step + 1)
            relaxation.step(latent.z)
        path.append(first_codes(self.code(latent)))
        stats = {"steps": float(self.n_steps)}
        report: dict[str, Any] = {"calibration": self.ratio.report, "warnings": [*self.ratio.warnings]}
        if len(draws):
            mean_eps = eps.mean().item() if self.mala else sum(map(self.step_size, range(self.n_steps))) / self.n_steps
            report |= {
                "eps": mean_eps,
                "energy_start": -first_value.mean().item(),
                "energy_end": -value.mean().item(),
                "z2": self.spread(latent),
            }
            if (times := relaxation.times) is not None:
                report["relaxation"] = times
                report["warnings"] += [self.too_short(times)] if times < ENOUGH else []
            if self.mala:
                stats["acceptance"] = (accepted / self.n_steps).mean().item()
        end = self.code(latent)
        if self.changes_component:
            end = self.with_component(end, draws.uniform("component"))
        return Drawn(end, None, stats, report, tuple(path))

    def with_component(self, latent: Latent, uniform: Float[Tensor, " n"]) -> Latent:
        """Returns the codes with components drawn from p(k | z), by the inverse distribution function."""
        prior = self.context.prior
        assert isinstance(prior, GaussianMixture)
        below = double(prior.log_joint(latent.z)).softmax(1).cumsum(1)[:, :-1]  # the last one takes what is left
        component = (double(uniform)[:, None] >= below).sum(1)
        return Latent(latent.z, component.to(latent.z.device))

    def too_short(self, times: float) -> str:
        """Returns the warning of chains that have run so few relaxation times."""
        longer = "sampler.n_steps" if self.mala else "sampler.n_steps or sampler.eps"
        return (
            f"the chains are too short for their law: {self.n_steps} steps are {times:.2g} of their relaxation times, "
            f"and below {ENOUGH:g} samples remain near their start: raise {longer}"
        )

    def check(self, place: Latent, value: Float[Tensor, " n"], step: int) -> None:
        """Raises SamplingNumericsError if chains are not finite or too far from the prior."""
        require_finite(value + place.z.sum(1), "energies", f" after step {step} of {self.n_steps}: lower sampler.eps")
        spread = self.spread(place)
        # The mean square of few numbers can be large by chance, so the bound allows for it; exploding chains exceed it.
        bound = self.max_z2 * max(1.0, self.temperature)
        if spread > bound * (1 + CHANCE / max(1, place.z.numel()) ** 0.5):
            raise SamplingNumericsError(
                f"after step {step} of {self.n_steps} the codes are {spread:.1f} times as spread as the prior's, more "
                f"than {bound:g}, which sampler.max_z2={self.max_z2:g} allows: lower sampler.eps"
            )

    def spread(self, place: Latent) -> float:
        """Returns the mean square of positions in units of the prior's."""
        return mean_square(place.z) / self.unit

    def moved(
        self, latent: Latent, gradient: Float[Tensor, "n d"], eps: Float[Tensor, " n"], noise: Float[Tensor, "n d"]
    ) -> Latent:
        """Returns the positions after one Langevin step."""
        e = eps[:, None].to(latent.z)
        z = latent.z + e / 2 * gradient + (e * self.temperature).sqrt() * noise
        reflects = isinstance(self.context.prior, Uniform) and not self.mala
        return Latent(reflected(z) if reflects else z, latent.component)

    def log_acceptance(
        self,
        old: Latent,
        old_value: Float[Tensor, " n"],
        old_gradient: Float[Tensor, "n d"],
        new: Latent,
        new_value: Float[Tensor, " n"],
        new_gradient: Float[Tensor, "n d"],
        eps: Float[Tensor, " n"],
    ) -> Float[Tensor, " n"]:
        """Returns the log of the Metropolis-Hastings ratio of the step, in float64; -inf if it is NaN."""
        e = double(eps)[:, None]
        forth = double(new.z - old.z) - e / 2 * double(old_gradient)
        back = double(old.z - new.z) - e / 2 * double(new_gradient)
        value = double(new_value) - double(old_value)
        if isinstance(self.context.prior, Uniform):  # the prior's density is 0 outside, so such a step is rejected
            value = value.where((new.z.abs() <= 1).all(1).to(value.device), -torch.inf)
        paths = (back.square().sum(1) - forth.square().sum(1)) / (2 * e[:, 0] * self.temperature)
        log_alpha = value / self.temperature - paths
        return log_alpha.where(~log_alpha.isnan(), -torch.inf)


def reflected(z: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Returns z reflected into [-1, 1]^d at its faces."""
    return ((z - 1) % 4 - 2).abs() - 1
