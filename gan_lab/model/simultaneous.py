"""Rounds in which both players step from the same weights."""

from abc import ABC
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gan_lab.errors import GanLabError
from gan_lab.model.base import AdversarialModule
from gan_lab.model.turn import Turn
from gan_lab.network.modes import frozen
from gan_lab.types import Batch


class SimultaneousModule(AdversarialModule, ABC):
    """The base of procedures that follow the joint gradient of both players, taken at the same weights.

    Such a round has one step of each player, so `n_critic` must be 1. A loss of the generator that needs real samples
    gets those of the critic.
    """

    on_the_whole_batch: str | None = None
    """What a procedure does on the whole batch, which is for one process then, as the begin of a sentence."""

    def __init__(self, **base: Any) -> None:
        super().__init__(**base)
        if self.n_critic != 1:
            raise ValueError(
                f"both players of {type(self).__name__} step together, so n_critic must be 1, not {self.n_critic}"
            )

    @property
    def batches_per_round(self) -> int:
        return 1

    def on_fit_start(self) -> None:
        super().on_fit_start()
        if self.on_the_whole_batch is not None and self.world_size > 1:
            raise GanLabError(
                f"{self.on_the_whole_batch} the whole batch, which each process has only a part of: set "
                "trainer.devices=1"
            )

    def step_together(self, batch: Batch, *, extrapolates: bool = False) -> Iterator[Turn]:
        """Yields a turn of each player, on the same reals and on fakes of different codes; both step after the second
        one."""
        critic = self.critic_turn(self.critic_contest(batch))
        yield replace(critic, waits=True, extrapolates=extrapolates)
        with frozen(self.critic):
            generator = self.generator_turn(self.generator_contest(batch))
        yield replace(generator, extrapolates=extrapolates)
