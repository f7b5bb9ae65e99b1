"""Flow matching: a velocity field learns to carry noise to data by regression, without a critic."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Literal, final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.optim import Optimizer

from gan_lab.domains import BelowOne, Positive
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.average import Average
from gan_lab.model.generative import GenerativeModule
from gan_lab.model.learning_rate import Schedule
from gan_lab.model.turn import Turn
from gan_lab.network.flow import Flow
from gan_lab.noise import IndexedNoise, seed_of
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.labelled import Labelled
from gan_lab.types import Batch, Terms

WATCHED, STEPS = 16, 8
"""Paths whose straightness is logged, and the steps that they are followed in."""

Times = Literal["uniform", "logit_normal"]


@final
class FlowMatching(GenerativeModule):
    """One player learns the velocity of straight paths from codes to samples:

        L = E |v(x_t, t) - (x - z)|^2 / d,   x_t = (1 - t) z + t x,   z from the prior, x real, independent, t in [0, 1]

    where d counts the numbers of a sample. The paths cross, and v(x_t, t) can only know their mean direction
    E[x - z | x_t]; so L stays above 0 and the flow of v is bent, but it carries the law of z to that of x. For
    z ~ N(0, 1) and x ~ N(m, s^2), the best velocity is m + (t s^2 - (1 - t)) / ((1 - t)^2 + t^2 s^2) (x_t - t m), its
    flow z -> m + s z, and the least L is pi s / 2. The generator is the solved flow (`gan_lab.network.flow`); its cost
    is the number of evaluations of v, which is chosen when samples are drawn. `times=logit_normal` draws
    t = sigmoid(n), n ~ N(0, 1): more of the middle, where the direction is least certain.

    Diagnostics: `early` and `late`, the loss of the batch's t below and from 1/2 on, and `straightness`,
    E |x'(t) - (x_1 - x_0)|^2 / d along the flow of 16 new codes, by 8 steps of Euler: 0 where all paths are straight,
    so that one step would be enough.

    Source: Lipman et al. 2023, arXiv 2210.02747, with sigma_min = 0; Liu, Gong & Liu 2022, arXiv 2209.03003, for linear
    paths and straightness, the first rectified flow; Esser et al. 2024, arXiv 2403.03206, for logit-normal times.
    Deviations: no adaptive solver, no class labels, no second rectified flow, and an averaged velocity.
    """

    generator: Flow

    def __init__(
        self,
        *,
        generator: Flow,
        prior: LatentPrior,
        optimizers: Mapping[str, partial[Optimizer] | None],
        ema_decay: BelowOne,
        seed: int,
        times: Times = "uniform",
        ema_half_life: Positive | None = None,
        schedules: Mapping[str, Schedule | None] | None = None,
        critic: None = None,
        penalties: Mapping[str, Any] | None = None,
        constraints: Mapping[str, Any] | None = None,
    ) -> None:
        """`critic`, and what would be held to one, are there since every model has these keys; they must be empty."""
        makers = {player: maker for player, maker in optimizers.items() if maker is not None}
        plans = {player: plan for player, plan in (schedules or {}).items() if plan is not None}
        super().__init__(optimizers=makers, seed=seed, schedules=plans)
        if held := [*(penalties or {}), *(constraints or {})]:
            raise ValueError(f"{held[0]} is a rule for a critic, and flow matching has none: use penalty=[]")
        if isinstance(prior, Labelled):
            raise ValueError("prior=labelled gives each code a class, which flow matching does not learn: use another")
        if any(True for _ in prior.parameters()):
            raise ValueError("flow matching leaves its codes as they are: set model.prior.trainable=false")
        if generator.latent_dim != prior.dim:
            raise ValueError(f"the flow takes codes of {generator.latent_dim} numbers, and the prior draws {prior.dim}")
        self.generator, self.prior, self.critic, self.loss = generator, prior, None, None
        self.times: Times = times
        self.average = Average(decay=ema_decay, half_life=ema_half_life, networks=self.averaged())

    def players(self) -> dict[str, list[torch.nn.Module]]:
        return {"generator": [self.generator]}

    @property
    def batches_per_round(self) -> int:
        return 1

    @property
    def same_every_round(self) -> bool:
        return not self.schedules

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        x = batches[0].images
        noise = self.noise()
        z = self.prior.sample(noise.everyones(len(x)), noise.generator).map(noise.mine).z
        yield Turn("generator", self.regression(x, z.view_as(x), self.drawn_times(len(x), noise)))

    def drawn_times(self, n: int, noise: IndexedNoise) -> Float[Tensor, " n"]:
        """Returns n independent times from 0 to 1."""
        return noise.uniform(n) if self.times == "uniform" else noise.normal(n).sigmoid()

    def regression(self, x: Float[Tensor, " b *shape"], z: Float[Tensor, " b *shape"], t: Float[Tensor, " b"]) -> Terms:
        """Returns the mean squared error of the velocities between codes z and samples x at times t."""
        share = t.view(-1, *[1] * (x.ndim - 1))
        velocity = at_least_single(self.generator.velocity((1 - share) * z + share * x, t))
        error = (velocity - (x - z)).square().flatten(1).mean(1)
        late = (t >= 0.5).to(error.dtype)
        means = {"early": weighted(error, 1 - late), "late": weighted(error, late)}
        return Terms({"velocity": error.mean()}, {name: value.detach() for name, value in means.items()})

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        return super().watch(player) | {"straightness": self.straightness()}

    @torch.no_grad()
    def straightness(self) -> Float[Tensor, ""]:
        """Returns E |x'(t) - (x_1 - x_0)|^2 / d for codes that are new in each round and draw from no stream of
        training."""
        random = torch.Generator(self.device).manual_seed(seed_of("straightness", self.seed, self.rounds))
        path = self.generator.path(self.prior.sample(WATCHED, random).z, "euler", STEPS)
        return (STEPS * path.diff(dim=0) - (path[-1] - path[0])).square().mean()


def weighted(values: Float[Tensor, " n"], weights: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    """Returns the weighted mean, 0 where all weights are."""
    return (values * weights).sum() / weights.sum().clamp(min=1)
