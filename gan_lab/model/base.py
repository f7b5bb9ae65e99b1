"""The adversarial game that all variants share: what meets, what is judged, and what a turn minimises."""

from collections.abc import Mapping
from functools import partial
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.domains import BelowOne, PositiveInt
from gan_lab.loss.base import AdversarialLoss
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.alternating import AlternatingModule
from gan_lab.model.average import Average
from gan_lab.model.diagnostics import spectral_norms
from gan_lab.model.packing import packed, packed_data
from gan_lab.model.refusals import refuse, refuse_strangers
from gan_lab.model.top_k import TopK
from gan_lab.model.turn import Turn
from gan_lab.network.base import Critic, Generator
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.base import Penalty, WeightConstraint
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Batch, Contest, CriticOutput, GanLabError, Latent, Terms


class AdversarialModule(AlternatingModule):
    """Owns the parts of a game, lets real and fake samples meet before the critic, and says what each turn minimises.

    A round is `n_critic` batches of fresh reals, and one more where the generator's loss needs them. The clock is the
    generator's steps.
    """

    clock = "generator"
    remedy = "a lower learning rate, or a penalty on the critic, usually helps"

    made_for: Mapping[str, type[nn.Module]] = {}
    """Of what class a part must be where the procedure knows one only: `{"critic": Autoencoder}`."""

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
    ) -> None:
        super().__init__(optimizers=optimizers, seed=seed)
        refuse_strangers(type(self).__name__, self.made_for, {"critic": critic, "prior": prior, "loss": loss})
        refuse(
            generator=generator,
            critic=critic,
            prior=prior,
            loss=loss,
            penalties=penalties,
            n_critic=n_critic,
            packing=packing,
        )
        self.generator, self.critic, self.prior, self.loss = generator, critic, prior, loss
        self.penalties = nn.ModuleDict(dict(penalties))
        self.constraints = dict(constraints)
        self.n_critic = n_critic
        self.packing = packing
        self.top_k = top_k
        self.average = Average(decay=ema_decay, **self.averaged())

    def players(self) -> dict[str, list[nn.Module]]:
        return {"critic": [self.critic], "generator": [self.generator, self.prior]}

    def averaged(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "prior": self.prior}

    @property
    def averaged_generator(self) -> Generator:
        return cast(Generator, self.average.networks["generator"])

    @property
    def averaged_prior(self) -> LatentPrior:
        return cast(LatentPrior, self.average.networks["prior"])

    @property
    def generator_steps(self) -> int:
        return self.player_steps["generator"]

    @property
    def critic_steps(self) -> int:
        return self.player_steps["critic"]

    # What a round is made of

    @property
    def batches_per_round(self) -> int:
        return self.n_critic + self.generator_needs_real

    @property
    def generator_needs_real(self) -> bool:
        """Whether the generator's turn is given a batch of fresh reals."""
        own = (penalty for penalty in self.penalties.values() if penalty.player == "generator")
        return self.loss.needs_real or any(penalty.needs_real for penalty in own)

    @property
    def critic_turns(self) -> int:
        """How many turns the critic had in this run, those of the round that is being played included."""
        return self.critic_steps + sum(turn.player == "critic" for turn in self.played)

    def codes(self, n: int, noise: IndexedNoise, component: Tensor | None = None) -> Latent:
        """This rank's n codes of the prior, out of the global batch's, for which `component` may choose."""
        return self.prior.sample(noise.everyones(n), noise.generator, component).map(noise.mine)

    def critic_contest(self, batch: Batch) -> Contest:
        """The reals against as many fresh fakes; no gradient reaches the generator."""
        noise = self.noise()
        component = self.loss.conditional_components(batch, noise, self.prior.components)
        if component is not None:  # for the global batch: of the other ranks' places nothing is kept
            component = component.repeat(noise.world_size)
        latent = self.codes(len(batch.images), noise, component)
        with torch.no_grad():
            fake = self.generated(latent)
        return self.meet(fake, latent, noise, batch)

    def generator_contest(self, batch: Batch, latent: Latent | None = None) -> Contest:
        """As many fakes as the batch has reals, of fresh codes or given ones; reals are judged too where needed."""
        noise = self.noise()
        if latent is None:
            latent = self.codes(len(batch.images), noise)
        return self.meet(self.generated(latent), latent, noise, batch if self.generator_needs_real else None)

    def generated(self, latent: Latent) -> Float[Tensor, " b *shape"]:
        """The samples of these codes, in single precision whatever the generator computes in."""
        return at_least_single(self.generator(latent.z, latent.component))

    def meet(self, fake: Tensor, latent: Latent, noise: IndexedNoise, reals: Batch | None, **shared: Tensor) -> Contest:
        """The critic judges these fakes, and the reals where there are any, in packs of `packing`."""
        fake = packed(fake, self.packing)
        if reals is None:
            return Contest(fake, self.judged(fake), latent, noise, shared=shared, critic_turns=self.critic_turns)
        real = packed(reals.images, self.packing)
        on_real, on_fake = self.judge_both(real, fake)
        labels = reals.labels if self.packing == 1 else None
        return Contest(fake, on_fake, latent, noise, real, on_real, labels, shared, self.critic_turns)

    def judge_both(self, real: Tensor, fake: Tensor) -> tuple[CriticOutput, CriticOutput]:
        """One pass over both where no layer couples samples; two where one does: batch norm must not mix them."""
        if self.critic.couples_samples:
            return self.judged(real), self.judged(fake)
        both, n = self.judged(torch.cat([real, fake])), len(real)
        return CriticOutput(both.score[:n], both.features[:n]), CriticOutput(both.score[n:], both.features[n:])

    def judged(self, samples: Float[Tensor, " b *shape"]) -> CriticOutput:
        """What the critic says, in single precision: sums of half-precision scores lose what losses are about."""
        said = self.critic(samples)
        return CriticOutput(at_least_single(said.score), at_least_single(said.features))

    def critic_turn(self, contest: Contest) -> Turn:
        """The critic minimises its loss and its penalties; then come its weight constraints."""
        return Turn("critic", self.loss.critic(contest) | self.penalise("critic", contest), after=self.constrain)

    def generator_turn(self, contest: Contest, more: Terms | None = None) -> Turn:
        """The generator minimises its loss, on its best fakes alone with `top_k`, its penalties and the terms given."""
        judged = contest
        if self.top_k is not None and self.top_k.share < 1:
            realness = self.loss.realness(contest.on_fake.score.detach(), contest.latent.component)
            judged = self.top_k.best_of(contest, realness, self.epochs)
        terms = self.loss.generator(judged) | self.penalise("generator", contest) | (more or Terms())
        return Turn("generator", terms)

    def penalise(self, player: str, contest: Contest) -> Terms:
        """The terms of this player's penalties, in single precision."""
        terms = Terms()
        with torch.autocast(self.device.type, enabled=False):
            for penalty in self.penalties.values():
                if penalty.player == player:
                    terms = terms | penalty(self.loss.judge(self.critic, contest), contest)
        return terms

    def constrain(self) -> None:
        """What follows a critic's step: its weight constraints."""
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
            raise GanLabError(f"a batch of {data.batch_size // self.world_size} makes no packs of {self.packing}")
        if self.rounds == 0:  # afterwards it is in the checkpoint
            parts = cast(list[AdversarialLoss | Penalty], [self.loss, *self.penalties.values()])
            for part in parts:
                part.prepare(packed_data(data.train, self.packing))
