"""Rounds in which players take turns; it works for any game."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cached_property, partial
from typing import Any

import torch
from jaxtyping import Float
from lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.distributed.ranks import average_all
from gan_lab.domains import Declared
from gan_lab.model.average import Average
from gan_lab.model.diagnostics import gradient_norms
from gan_lab.model.finite_check import FiniteCheck
from gan_lab.model.learning_rate import Schedule
from gan_lab.model.round_player import RoundPlayer
from gan_lab.model.turn import Turn
from gan_lab.network.dropout import Dropout
from gan_lab.noise import IndexedNoise, seed_global, seed_of
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Batch, GanLabError, Terms


class AlternatingModule(LightningModule, Declared, ABC):
    """Plays rounds: one Lightning step is one round. A subclass defines the players and the order of their turns.

    A round uses `batches_per_round` batches of fresh reals. Each turn is one summed loss, one backward pass and one
    step of the player's optimizer, which may be taken with that of the next turn or be taken back. Checkpoints are
    saved between rounds only.

    Checkpoints contain `rounds`, the steps of every player, `images_seen` (reals used, over all processes) and
    `seconds`. Schedules go by these counters except the seconds, above all by the steps of the player named by `clock`.
    They never go by Lightning's `global_step`, which counts the steps of all players. A subclass's constructor calls
    this one first, and sets `average` last.
    """

    clock: str
    """The player whose steps measure a run's length and schedule checkpoints, evaluations and pictures."""

    remedy: str = "a lower learning rate usually helps"
    """What to try when a term is not finite, as the end of a sentence."""

    average: Average
    """The averages of the networks in `averaged`."""

    def __init__(
        self,
        *,
        optimizers: Mapping[str, partial[Optimizer]],
        seed: int,
        schedules: Mapping[str, Schedule] | None = None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.optimizer_makers = dict(optimizers)
        self.schedules = dict(schedules or {})  # of the players whose learning rate changes
        self.seed = seed
        self.rounds = self.images_seen = 0
        self.player_steps: Counter[str] = Counter()
        self.seconds = 0.0  # since the run began, without the time between an interruption and the resumption
        self.cpu_seconds = 0.0  # that the threads of this process were computing, whatever else the machine did
        self.run_length: int | None = None  # in steps of the clock; None for no end
        self.draws = 0  # of random numbers in this round
        self.given_noises: list[IndexedNoise] = []  # to be used instead of fresh ones, while a round is recorded
        self.watching = False  # whether this round is logged, so that its gradient norms are worth their time
        self.played: list[Turn] = []  # the last round's turns, terms detached
        self.waiting: list[Turn] = []  # turns whose steps are taken with that of the next one
        self.left: dict[str, list[Tensor]] = {}  # the weights from which a player's next step begins
        self.after_turn: Callable[[Turn], None] | None = None  # called after each step of a watched round that is kept
        self.round_player: RoundPlayer | None = None  # plays the rounds instead, where they are one CUDA graph

    # What a subclass defines

    @abstractmethod
    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        """Yields the turns of one round as in the paper's algorithm, each computed after the step of the last one."""

    @abstractmethod
    def players(self) -> dict[str, list[nn.Module]]:
        """Returns the modules that each player trains, by its name; every player has an optimizer of that name."""

    @abstractmethod
    def averaged(self) -> dict[str, nn.Module]:
        """Returns the networks whose averages are kept, by name."""

    @property
    @abstractmethod
    def batches_per_round(self) -> int: ...

    @property
    def same_every_round(self) -> bool:
        """Whether all rounds do the same operations on different numbers, so that one can be recorded and repeated."""
        return False

    # Clocks and random numbers

    @property
    def clock_steps(self) -> int:
        return self.player_steps[self.clock]

    @property
    def finished(self) -> bool:
        return self.run_length is not None and self.clock_steps >= self.run_length

    @property
    def epochs(self) -> float:
        """Passes over the training data so far."""
        return self.images_seen / len(self.trainer.datamodule.train)  # type: ignore[attr-defined]

    def steps_in(self, images: float, batch_size: int) -> int:
        """Returns how many steps of the clock use about `images` reals, at one step per round; at least 1."""
        return max(1, round(images / (batch_size * self.batches_per_round)))

    def counters(self) -> dict[str, int | float]:
        """Returns the counters that checkpoints and summary.json contain, by name; the clock's steps come first."""
        players = sorted(self.players(), key=lambda player: player != self.clock)
        steps = {f"{player}_steps": self.player_steps[player] for player in players}
        times = {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds}
        return {"rounds": self.rounds, **steps, "images_seen": self.images_seen} | times

    @cached_property
    def dropouts(self) -> list[Dropout]:
        """The layers that draw masks in a round."""
        return [layer for layer in self.modules() if isinstance(layer, Dropout) and layer.p > 0]

    def noise(self) -> IndexedNoise:
        """Returns a new stream of random numbers. The seed, the round and the number of earlier calls determine it."""
        self.draws += 1
        if self.given_noises:
            return self.given_noises[self.draws - 1]
        return IndexedNoise(self.noise_key(self.draws), self.device, self.global_rank, self.world_size)

    def noise_key(self, number: int) -> tuple[int | str, ...]:
        """Returns the key that determines the `number`-th stream of this round, counted from 1."""
        return "noise", self.seed, self.rounds, number

    # The one place where optimizers step

    def training_step(self, batches: list[Batch], batch_idx: int) -> None:
        # Layers of other libraries draw from the global stream. Seeding it here makes them the same after a resumption,
        # and different on different ranks.
        seed_global(seed_of("global", self.seed, self.global_rank, self.rounds), self.device)
        self.played = []
        (self.round_player or self).play_round(batches)
        self.rounds += 1
        before, images = self.clock_steps, sum(len(batch.images) for batch in batches) * self.world_size
        self.player_steps.update(turn.player for turn in self.played)
        if self.clock_steps > before:
            self.average.update(self.clock_steps, images, **self.averaged())
        self.share_buffers()
        self.images_seen += images
        self.seconds = time.perf_counter() - self.started
        self.cpu_seconds = time.process_time() - self.started_computing
        self.finite_check.add(
            f"{self.clock} step {self.clock_steps}",
            {f"{turn.player}/{name}": value for turn in self.played for name, value in turn.terms.minimised.items()}
            | self.last_gradient(),
        )
        self.trainer.should_stop = self.finished or self.finite_check.stop_agreed

    def last_gradient(self) -> dict[str, Float[Tensor, ""]]:
        """Returns the sum of the gradient of the round's last turn by name, which is finite if the gradient is.

        The gradients before it show in the terms of the next turn. On a GPU these sums would cost more than they tell;
        there the weights are looked at before each checkpoint.
        """
        if self.device.type != "cpu" or not self.played:
            return {}
        player = self.played[-1].player
        gradients = [p.grad.sum() for p in self.parameters_of(player) if p.grad is not None]
        return {f"{player}/gradient": torch.stack(gradients).sum()} if gradients else {}

    def play_round(self, batches: list[Batch]) -> None:
        """Plays the turns of one round. Afterwards `played` contains them with their terms detached."""
        self.draws = 0
        if self.dropouts:
            masks = self.noise()
            for layer in self.dropouts:
                layer.noise = masks
        with closing(self.turns(batches)) as turns:  # type: ignore[type-var]
            for turn in turns:
                played = self.play(turn)
                if not turn.extrapolates:
                    self.played.append(played)

    def play(self, turn: Turn) -> Turn:
        """Sums the turn's terms, does one backward pass and steps the player's optimizer, unless the turn waits."""
        optimizer = self.optimizer_of(turn.player)
        optimizer.zero_grad()
        total = torch.stack(list(turn.terms.minimised.values())).sum()
        if turn.waits or self.waiting:
            self.manual_backward(total, inputs=self.parameters_of(turn.player), retain_graph=turn.waits)
        else:
            self.manual_backward(total)
        self.share_gradients(turn.player)
        diagnostics = {"loss": total.detach()} | turn.terms.diagnostics
        if self.watching:
            diagnostics |= self.watch(turn.player)
        diagnostics |= self.scheduled(turn.player, optimizer)
        self.waiting.append(turn)
        if not turn.waits:
            for each in self.waiting:
                self.find_start(each)
            for each in self.waiting:
                self.step(each)
            self.waiting = []
        minimised = {name: value.detach() for name, value in turn.terms.minimised.items()}
        return Turn(turn.player, Terms(minimised, diagnostics))

    def find_start(self, turn: Turn) -> None:
        """Keeps the weights from which an extrapolating step begins, and puts them back before the next step."""
        if turn.extrapolates:
            self.left[turn.player] = [p.detach().clone() for p in self.parameters_of(turn.player)]
        elif turn.player in self.left:
            weights: list[Tensor] = [*self.parameters_of(turn.player)]
            with torch.no_grad():
                torch._foreach_copy_(weights, self.left.pop(turn.player))

    def step(self, turn: Turn) -> None:
        """Steps the optimizer of the turn's player by the gradients that are there."""
        self.optimizer_of(turn.player).step()
        if turn.after is not None:
            turn.after()
        if self.after_turn is not None and self.watching and not turn.extrapolates:
            self.after_turn(turn)

    def scheduled(self, player: str, optimizer: Any) -> dict[str, Float[Tensor, ""]]:
        """Sets the learning rate of this player's next step, and returns it by name; nothing where it is constant."""
        if player not in self.schedules:
            return {}
        if self.run_length is None:
            raise GanLabError(f"the learning rate of the {player} has a schedule, and this run has no end to plan for")
        rate = self.schedules[player].apply(optimizer, self.clock_steps, self.run_length)
        return {"learning_rate": torch.tensor(rate, device=self.device)}

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        """Returns diagnostics of this player's weights and gradients before its step, by name."""
        return gradient_norms(self.players()[player])

    def configure_optimizers(self) -> list[Optimizer]:
        players = self.players()
        if players.keys() != self.optimizer_makers.keys():
            raise ValueError(f"the optimizers are for {[*self.optimizer_makers]} and the players are {[*players]}")
        if strangers := self.schedules.keys() - players.keys():
            raise ValueError(f"there are schedules for {sorted(strangers)}, and the players are {[*players]}")
        return [
            self.optimizer_makers[name](parameter_groups(modules), **self.player_options)
            for name, modules in players.items()
        ]

    @property
    def player_options(self) -> Mapping[str, Any]:
        """Options with which the optimizers must be constructed."""
        return {} if self.round_player is None else self.round_player.optimizer_options

    def parameters_of(self, player: str) -> list[nn.Parameter]:
        """Returns the parameters that a player's optimizer steps."""
        return [p for module in self.players()[player] for p in module.parameters()]

    def optimizer_of(self, player: str) -> Any:
        optimizers = self.optimizers()
        return optimizers[[*self.players()].index(player)] if isinstance(optimizers, list) else optimizers

    def share_gradients(self, player: str) -> None:
        """Averages the gradients of the turn's player over the ranks, which all have the same ones, since every rank
        does the same operations."""
        average_all([p.grad for p in self.parameters_of(player) if p.grad is not None])

    def share_buffers(self) -> None:
        """Averages every floating-point buffer over the ranks, so that the ranks stay equal.

        These are mainly the running statistics of batch norm. Each rank still normalises by its own share of the batch,
        so with batch norm, two processes do not compute the same as one.
        """
        average_all([buffer for buffer in self.buffers() if buffer.is_floating_point()])

    # Checkpoints and plumbing

    def on_fit_start(self) -> None:
        self.finite_check = FiniteCheck(every=1 if self.device.type == "cpu" else 20, remedy=self.remedy)

    def on_train_start(self) -> None:
        self.started = time.perf_counter() - self.seconds
        self.started_computing = time.process_time() - self.cpu_seconds
        self.trainer.should_stop = self.finished  # a run whose results alone are missing

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["counters"] = self.counters()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        saved = checkpoint["counters"]
        self.rounds, self.images_seen, self.seconds = saved["rounds"], saved["images_seen"], saved["seconds"]
        self.cpu_seconds = saved.get("cpu_seconds", 0.0)  # which version 0.2 did not count
        self.player_steps = Counter({player: saved[f"{player}_steps"] for player in self.players()})
        capturable = "capturable" in self.player_options
        for optimizer in checkpoint["optimizer_states"]:
            for group in optimizer["param_groups"]:
                if "capturable" in group:  # of the device that saved it, which may be another one
                    group["capturable"] = capturable

    @property
    def world_size(self) -> int:
        return 1 if self._trainer is None else self._trainer.world_size


def parameter_groups(modules: list[nn.Module]) -> list[dict[str, Any]]:
    """Returns one group for each module that has parameters; a prior may have a learning rate of its own."""
    groups: list[dict[str, Any]] = []
    for module in modules:
        parameters = list(module.parameters())
        own = {"lr": module.learning_rate} if isinstance(module, LatentPrior) and module.learning_rate else {}
        if parameters:
            groups.append({"params": parameters, **own})
    return groups
