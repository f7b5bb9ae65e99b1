"""The game that all variants share: what the critic judges, and what a turn minimises."""

from collections.abc import Mapping
from functools import partial
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.augment.base import Augmentation
from gan_lab.domains import BelowOne, NonNegative, Positive, PositiveInt
from gan_lab.loss.base import AdversarialLoss
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.average import Average
from gan_lab.model.diagnostics import spectral_norms
from gan_lab.model.generative import GenerativeModule
from gan_lab.model.learning_rate import Schedule
from gan_lab.model.packing import packed, packed_data
from gan_lab.model.refusals import refuse, refuse_strangers
from gan_lab.model.top_k import TopK
from gan_lab.model.turn import Turn
from gan_lab.network.base import Critic, Generator
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.base import Penalty, WeightConstraint
from gan_lab.penalty.gradient import SLOPES, shares
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Batch, Contest, CriticOutput, GanLabError, Latent, Terms


class AdversarialModule(GenerativeModule):
    """Has the parts of a game, lets the critic judge real and generated samples, and sums what each turn minimises.

    A round uses `n_critic` batches of fresh reals, and one more if the generator's loss needs them. Time is counted in
    generator steps.
    """

    remedy = "a lower learning rate, or a penalty on the critic, usually helps"

    critic: Critic
    loss: AdversarialLoss

    made_for: Mapping[str, type[nn.Module]] = {}
    """The classes that this procedure requires of its parts, such as `{"critic": Autoencoder}`."""

    def __init__(
        self,
        *,
        generator: Generator,
        critic: Critic,
        prior: LatentPrior,
        loss: AdversarialLoss,
        penalties: Mapping[str, Penalty],
        constraints: Mapping[str, WeightConstraint],
        optimizers: Mapping[str, partial[Optimizer]],
        n_critic: PositiveInt,
        ema_decay: BelowOne,
        seed: int,
        packing: PositiveInt = 1,
        top_k: TopK | None = None,
        ema_half_life: Positive | None = None,
        instance_noise: NonNegative = 0.0,
        augment: Augmentation | None = None,
        schedules: Mapping[str, Schedule] | None = None,
    ) -> None:
        super().__init__(optimizers=optimizers, seed=seed, schedules=schedules)
        refuse_strangers(type(self).__name__, self.made_for, {"critic": critic, "prior": prior, "loss": loss})
        refuse(
            generator=generator,
            critic=critic,
            prior=prior,
            loss=loss,
            penalties=penalties,
            n_critic=n_critic,
            packing=packing,
            augment=augment,
            top_k=top_k,
        )
        self.generator, self.critic, self.prior, self.loss = generator, critic, prior, loss
        self.penalties = nn.ModuleDict(dict(penalties))
        self.constraints = dict(constraints)
        self.n_critic = n_critic
        self.packing = packing
        self.top_k = top_k
        self.instance_noise = instance_noise
        self.augment = augment
        self.average = Average(decay=ema_decay, half_life=ema_half_life, networks=self.averaged())

    def players(self) -> dict[str, list[nn.Module]]:
        return {"critic": [self.critic], "generator": [self.generator, self.prior]}

    @property
    def critic_steps(self) -> int:
        return self.player_steps["critic"]

    # The parts of a round

    @property
    def batches_per_round(self) -> int:
        return self.n_critic + self.generator_needs_real

    @property
    def generator_needs_real(self) -> bool:
        """Whether the generator's turn gets a batch of fresh reals."""
        own = (penalty for penalty in self.penalties.values() if penalty.player == "generator")
        return self.loss.needs_real or any(penalty.needs_real for penalty in own)

    @property
    def critic_turns(self) -> int:
        """The number of the critic's turns in this run, including those of the current round."""
        return self.critic_steps + sum(turn.player == "critic" for turn in self.played)

    def codes(self, n: int, noise: IndexedNoise, component: Tensor | None = None) -> Latent:
        """Returns this rank's n codes of the global batch, drawn from the prior; `component` has the global batch's."""
        return self.prior.sample(noise.everyones(n), noise.generator, component).map(noise.mine)

    def codes_for(self, batch: Batch, noise: IndexedNoise) -> Latent:
        """Returns a code for each of these reals, of the component that the loss asks for beside it."""
        component = self.loss.conditional_components(batch, noise, self.prior.components)
        if component is not None:  # for the global batch, of which only this rank's part is used
            component = component.repeat(noise.world_size)
        return self.codes(len(batch.images), noise, component)

    def critic_contest(self, batch: Batch, *, attached: bool = False) -> Contest:
        """Returns the contest of these reals and as many new fakes; a gradient reaches the generator if `attached`."""
        noise = self.noise()
        latent = self.codes_for(batch, noise)
        with torch.set_grad_enabled(attached):
            fake = self.generated(latent)
        return self.meet(fake, latent, noise, batch)

    def generator_contest(self, batch: Batch, latent: Latent | None = None) -> Contest:
        """Returns the contest of as many fakes as there are reals; the reals are judged too if the loss needs them."""
        noise = self.noise()
        if latent is None:
            latent = self.codes(len(batch.images), noise)
        return self.meet(self.generated(latent), latent, noise, batch if self.generator_needs_real else None)

    def generated(self, latent: Latent) -> Float[Tensor, " b *shape"]:
        """Returns the samples of these codes in single precision, even if the generator computes in half precision."""
        return at_least_single(self.generator(latent.z, latent.component))

    def meet(self, fake: Tensor, latent: Latent, noise: IndexedNoise, reals: Batch | None, **shared: Tensor) -> Contest:
        """Returns the contest in which the critic judges these fakes, and the reals if given, in packs of `packing`."""
        fake = packed(self.changed(fake, noise), self.packing)
        if reals is None:
            return Contest(fake, self.judged(fake), latent, noise, shared=shared, critic_turns=self.critic_turns)
        real = packed(self.changed(reals.images, noise), self.packing)
        if (together := self.judge_with_slopes(real, fake, noise)) is not None:
            on_real, on_fake, shared[SLOPES] = together
        else:
            on_real, on_fake = self.judge_both(real, fake)
        labels = reals.labels if self.packing == 1 else None
        return Contest(fake, on_fake, latent, noise, real, on_real, labels, shared, self.critic_turns)

    def changed(self, samples: Float[Tensor, " b *shape"], noise: IndexedNoise) -> Float[Tensor, " b *shape"]:
        """Returns samples as the critic gets them: augmented and with noise, where the settings say so."""
        return self.noisy(samples if self.augment is None else self.augment(samples, noise), noise)

    def noisy(self, samples: Float[Tensor, " b *shape"], noise: IndexedNoise) -> Float[Tensor, " b *shape"]:
        """Returns the samples with instance noise: `instance_noise` times standard normal noise, falling to 0 along a
        line over the run. In a run without an end, it does not fall.

        Real and generated images have disjoint supports, which any critic can tell apart; with noise they overlap.
        Source: Sonderby et al. 2017, arXiv 1610.04490.
        """
        if self.instance_noise == 0:
            return samples
        left = 1.0 if self.run_length is None else max(0.0, 1 - self.clock_steps / self.run_length)
        return samples + self.instance_noise * left * noise.normal(*samples.shape)

    def judge_both(self, real: Tensor, fake: Tensor) -> tuple[CriticOutput, CriticOutput]:
        """Judges both in one pass, or in two if a layer couples samples: batch norm must not mix real and fake."""
        if self.critic.couples_samples:
            return self.judged(real), self.judged(fake)
        for layer in self.dropouts:
            layer.parts = 2
        both = self.judged(torch.cat([real, fake]))
        for layer in self.dropouts:
            layer.parts = 1
        return halves(both)

    def judge_with_slopes(
        self, real: Tensor, fake: Tensor, noise: IndexedNoise
    ) -> tuple[CriticOutput, CriticOutput, Tensor] | None:
        """Judges both together with the slopes that the critic's penalty will ask for; None where that cannot be.

        The random numbers are the same as if the penalty drew them, since nothing draws before it does.
        """
        asked = [penalty.needs_slopes_between for penalty in self.penalties.values() if penalty.player == "critic"]
        as_it_is = type(self.loss).judge is AdversarialLoss.judge and not torch.is_autocast_enabled(self.device.type)
        if asked != [True] or not as_it_is or not self.critic.gives_slopes or fake.requires_grad:
            return None
        both, slopes = self.critic.scores_and_slopes(real, fake, shares(fake, noise))
        return *halves(both), slopes

    def judged(self, samples: Float[Tensor, " b *shape"]) -> CriticOutput:
        """Returns the critic's output in single precision: sums of half-precision scores would be too inexact."""
        said = self.critic(samples)
        return CriticOutput(at_least_single(said.score), at_least_single(said.features))

    def critic_turn(self, contest: Contest) -> Turn:
        """Returns the critic's turn: it minimises its loss and penalties; its weight constraints follow the step."""
        terms = self.loss.critic(contest) | self.penalise("critic", contest)
        if self.augment is not None:
            terms = terms | Terms({}, self.augment.observe(self.loss, contest))
        return Turn("critic", terms, after=self.constrain)

    def generator_turn(self, contest: Contest, more: Terms | None = None) -> Turn:
        """Returns the generator's turn: it minimises its loss (with `top_k`, of the best), penalties and `more`."""
        judged = contest
        if self.top_k is not None and self.top_k.share < 1:
            realness = self.loss.realness(contest.on_fake.score.detach(), contest.latent.component)
            judged = self.top_k.best_of(contest, realness, self.epochs)
        terms = self.loss.generator(judged) | self.penalise("generator", contest) | (more or Terms())
        return Turn("generator", terms)

    def penalise(self, player: str, contest: Contest) -> Terms:
        """Returns the terms of this player's penalties, in single precision."""
        terms = Terms()
        with torch.autocast(self.device.type, enabled=False):
            for penalty in self.penalties.values():
                if penalty.player == player:
                    terms = terms | penalty(self.loss.judge(self.critic, contest), contest)
        return terms

    def constrain(self) -> None:
        """Applies the weight constraints after a critic step."""
        for constraint in self.constraints.values():
            constraint(self.critic)

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        norms = super().watch(player)
        if player == "generator":
            return norms | self.prior.diagnostics()
        for constraint in self.constraints.values():
            norms |= constraint.diagnostics(self.critic)
        return norms | spectral_norms(self.critic)

    def on_fit_start(self) -> None:
        super().on_fit_start()
        data = self.trainer.datamodule  # type: ignore[attr-defined]
        if data.batch_size // self.world_size % self.packing:
            raise GanLabError(
                f"a batch of {data.batch_size // self.world_size} cannot be divided into packs of {self.packing}"
            )
        if self.rounds == 0:  # a resumed run has it from the checkpoint
            parts = cast(list[AdversarialLoss | Penalty], [self.loss, *self.penalties.values()])
            for part in parts:
                part.prepare(packed_data(data.train, self.packing))


def halves(both: CriticOutput) -> tuple[CriticOutput, CriticOutput]:
    """Returns the output for the first half of the samples and for the second."""
    n = len(both.score) // 2
    return CriticOutput(both.score[:n], both.features[:n]), CriticOutput(both.score[n:], both.features[n:])
