"""Checks whether every term is finite and whether a process wants to stop, in the same rounds on all processes."""

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import maximum
from gan_lab.types import NonFiniteError


class FiniteCheck:
    """Keeps the terms of the last rounds and checks them every `every` rounds.

    Each check makes a GPU wait, so on a GPU checks are rare, but always made before a checkpoint; on a CPU every round
    is checked. All processes check in the same round, so that none waits for one that has stopped. `remedy` is the
    advice at the end of the error message.
    """

    def __init__(self, *, every: int, remedy: str) -> None:
        self.every = every
        self.remedy = remedy
        self.stop_wanted = False  # whether this process wants to stop; set by a signal
        self.stop_agreed = False  # whether all processes have agreed to stop
        self.unseen: list[tuple[str, dict[str, Tensor]]] = []

    def add(self, when: str, terms: dict[str, Float[Tensor, ""]]) -> None:
        """Keeps one round's terms by name; `when` names the round in an error. Raises NonFiniteError as `look` does."""
        self.unseen.append((when, terms))
        if len(self.unseen) >= self.every:
            self.look()

    def look(self) -> None:
        """Raises NonFiniteError naming the first term that is NaN or infinite on any process, and the round."""
        if not self.unseen:
            return
        names = [(when, name) for when, terms in self.unseen for name in terms]
        values = torch.stack([value for _, terms in self.unseen for value in terms.values()])
        flags = torch.cat([~values.isfinite(), values.new_full((1,), self.stop_wanted).bool()]).int()
        self.unseen = []
        *bad, stop = maximum(flags).tolist()
        self.stop_agreed = bool(stop)
        if any(bad):
            when, name = names[bad.index(1)]
            raise NonFiniteError(
                f"the term {name} is not finite in {when}: the run stops, and no checkpoint is saved from here; "
                f"{self.remedy}"
            )
