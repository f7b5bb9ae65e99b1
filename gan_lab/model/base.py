"""The alternating training that all variants share."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any, cast

import torch
from jaxtyping import Float
from lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.distributed.ranks import alone, average
from gan_lab.loss.base import AdversarialLoss
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.agreement import Agreement
from gan_lab.model.average import Average
from gan_lab.model.captured import CapturedRound
from gan_lab.model.diagnostics import gradient_norms, spectral_norms
from gan_lab.model.packing import packed, packed_data
from gan_lab.model.refusals import refuse, refuse_strangers
from gan_lab.model.top_k import TopK
from gan_lab.model.turn import Turn
from gan_lab.network.base import Critic, Generator
from gan_lab.noise import IndexedNoise, seed_global, seed_of
from gan_lab.penalty.base import Penalty, WeightConstraint
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Batch, Contest, CriticOutput, GanLabError, Latent, Terms

COUNTERS = ("rounds", "generator_steps", "critic_steps", "images_seen", "seconds")


class AdversarialModule(LightningModule, ABC):
    """Owns the players and plays rounds: one Lightning step is one round, a subclass says which turns it has.

    A round is `n_critic` batches of fresh reals, and one more where the generator's loss needs them. Each turn is one
    summed loss, one backward pass, one optimizer step. A checkpoint never falls inside an alternation.

    `rounds, generator_steps, critic_steps, images_seen` (reals used, over all processes) and `seconds` are saved; the
    first four are the only clocks that anything goes by: Lightning's `global_step` counts every player's steps.
    """

    same_every_round: bool = False
    """Whether every round is the same arithmetic on other numbers, so that one can be recorded and repeated."""

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
        n_critic: int,
        ema_decay: float,
        seed: int,
        packing: int = 1,
        top_k: TopK | None = None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
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
        self.optimizer_makers = dict(optimizers)
        self.n_critic = n_critic
        self.seed = seed
        self.packing = packing
        self.top_k = top_k
        self.average = Average(decay=ema_decay, generator=generator, prior=prior)
        self.rounds = self.generator_steps = self.critic_steps = self.images_seen = 0
        self.seconds = 0.0  # since the run began, without the time between an interruption and the resumption
        self.run_length: int | None = None  # in generator steps; None for no end
        self.draws = 0  # of random numbers in this round
        self.given_noises: list[IndexedNoise] = []  # to be used instead of fresh ones, while a round is recorded
        self.watching = False  # whether this round is logged, so that its gradient norms are worth their time
        self.played: list[Turn] = []  # the last round's turns, terms detached
        self.captured: CapturedRound | None = None  # plays the rounds instead, where they are one CUDA graph

    @abstractmethod
    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        """The paper's algorithm box: yields one turn after the other, each computed after the last one's step."""

    def players(self) -> dict[str, list[nn.Module]]:
        """What each player trains; every player has an optimizer of the same name."""
        return {"critic": [self.critic], "generator": [self.generator, self.prior]}

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

    @property
    def epochs(self) -> float:
        """Passes over the training data so far."""
        return self.images_seen / len(self.trainer.datamodule.train)  # type: ignore[attr-defined]

    def generator_steps_in(self, images: float, batch_size: int) -> int:
        """How many generator steps use about `images` reals; at least one."""
        return max(1, round(images / (batch_size * self.batches_per_round)))

    @property
    def finished(self) -> bool:
        return self.run_length is not None and self.generator_steps >= self.run_length

    def noise(self) -> IndexedNoise:
        """A fresh stream of random numbers, determined by the seed, the round and how many were asked for before."""
        self.draws += 1
        if self.given_noises:
            return self.given_noises[self.draws - 1]
        return IndexedNoise(self.noise_key(self.draws), self.device, self.global_rank, self.world_size)

    def noise_key(self, number: int) -> tuple[int | str, ...]:
        """What decides the stream that this round asks for as its `number`-th, from 1."""
        return "noise", self.seed, self.rounds, number

    def codes(self, n: int, noise: IndexedNoise, component: Tensor | None = None) -> Latent:
        """This rank's n codes of the prior, out of the global batch's, for which `component` may choose."""
        return self.prior.sample(noise.everyones(n), noise.generator, component).map(noise.mine)

    def critic_contest(self, batch: Batch) -> Contest:
        """The reals against as many fresh fakes; no gradient reaches the generator."""
        noise = self.noise()
        partners = self.loss.partners(batch, noise, self.prior.components)
        # For the global batch: of the other ranks' places nothing is kept.
        component = None if partners is None else partners.repeat(noise.world_size)
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

    @property
    def averaged_generator(self) -> Generator:
        return cast(Generator, self.average.networks["generator"])

    @property
    def averaged_prior(self) -> LatentPrior:
        return cast(LatentPrior, self.average.networks["prior"])

    # The one place where optimizers step

    def training_step(self, batches: list[Batch], batch_idx: int) -> None:
        # Dropout can only draw from the global stream: seeded here, it is the same after a resume, and not the same on
        # two ranks.
        seed_global(seed_of("global", self.seed, self.global_rank, self.rounds), self.device)
        self.played = []
        if self.captured is None:
            self.play_round(batches)
        else:
            self.captured.play_round(batches)
        players = [turn.player for turn in self.played]
        self.rounds += 1
        self.generator_steps += players.count("generator")
        if "generator" in players:
            self.average.update(self.generator_steps, generator=self.generator, prior=self.prior)
        self.share_buffers()
        self.critic_steps += players.count("critic")
        self.images_seen += sum(len(batch.images) for batch in batches) * self.world_size
        self.seconds = time.perf_counter() - self.started
        self.agreement.add(
            self.generator_steps,
            {f"{turn.player}/{name}": value for turn in self.played for name, value in turn.terms.minimised.items()},
        )
        self.trainer.should_stop = self.finished or self.agreement.stop_agreed

    def play_round(self, batches: list[Batch]) -> None:
        """Plays one round's turns; `played` has them afterwards, their terms detached."""
        self.draws = 0
        with closing(self.turns(batches)) as turns:  # type: ignore[type-var]
            for turn in turns:
                self.played.append(self.play(turn))

    def play(self, turn: Turn) -> Turn:
        """Sums the turn's terms, goes back through them once and steps the player's optimizer."""
        optimizer = self.optimizer_of(turn.player)
        optimizer.zero_grad()
        total = torch.stack(list(turn.terms.minimised.values())).sum()
        self.manual_backward(total)
        diagnostics = {"loss": total.detach()} | turn.terms.diagnostics
        if self.watching:
            diagnostics |= self.watch(turn.player)
        optimizer.step()
        if turn.after is not None:
            turn.after()
        minimised = {name: value.detach() for name, value in turn.terms.minimised.items()}
        return Turn(turn.player, Terms(minimised, diagnostics))

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        """What this player's weights and gradients tell before its step."""
        norms = gradient_norms(self.players()[player])
        if player == "generator":
            return norms | self.prior.diagnostics()
        for constraint in self.constraints.values():
            norms |= constraint.diagnostics(self.critic)
        return norms | spectral_norms(self.critic)

    def configure_optimizers(self) -> list[Optimizer]:
        players = self.players()
        if players.keys() != self.optimizer_makers.keys():
            raise ValueError(f"the optimizers are for {[*self.optimizer_makers]} and the players are {[*players]}")
        # Only then an optimizer's step is the same operation each time.
        more = {"capturable": True} if self.captured is not None and self.device.type == "cuda" else {}
        return [self.optimizer_makers[name](parameter_groups(modules), **more) for name, modules in players.items()]

    def optimizer_of(self, player: str) -> Any:
        optimizers = self.optimizers()
        return optimizers[[*self.players()].index(player)] if isinstance(optimizers, list) else optimizers

    def share_buffers(self) -> None:
        """Averages every floating-point buffer over the ranks, so that these stay equal: batch norm's statistics, say.

        Each rank normalises by its own share of the batch; with batch norm, two processes are not one.
        """
        if alone():
            return
        for buffer in self.buffers():
            if buffer.is_floating_point():
                average(buffer)

    # Checkpoints and plumbing

    def on_fit_start(self) -> None:
        data = self.trainer.datamodule  # type: ignore[attr-defined]
        if data.batch_size // self.world_size % self.packing:
            raise GanLabError(f"a batch of {data.batch_size // self.world_size} makes no packs of {self.packing}")
        if self.rounds == 0:  # afterwards it is in the checkpoint
            parts = cast(list[AdversarialLoss | Penalty], [self.loss, *self.penalties.values()])
            for part in parts:
                part.prepare(packed_data(data.train, self.packing))
        self.agreement = Agreement(every=1 if self.device.type == "cpu" else 20)

    def on_train_start(self) -> None:
        self.started = time.perf_counter() - self.seconds

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["counters"] = {name: getattr(self, name) for name in COUNTERS}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        for name in COUNTERS:
            setattr(self, name, checkpoint["counters"][name])

    @property
    def world_size(self) -> int:
        return 1 if self._trainer is None else self._trainer.world_size


def parameter_groups(modules: list[nn.Module]) -> list[dict[str, Any]]:
    """One group for each module that has parameters; a prior may have a learning rate of its own."""
    groups: list[dict[str, Any]] = []
    for module in modules:
        parameters = list(module.parameters())
        own = {"lr": module.learning_rate} if isinstance(module, LatentPrior) and module.learning_rate else {}
        if parameters:
            groups.append({"params": parameters, **own})
    return groups
