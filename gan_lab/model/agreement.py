"""What all processes must agree on after a round: is every term finite, and does anyone want to stop?"""

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import maximum
from gan_lab.types import NonFiniteError


class Agreement:
    """Remembers the terms of the last rounds and looks at them every `every` rounds.

    A GPU has to wait for each look, so there it happens rarely, and always before a checkpoint; a CPU looks at once.
    With several processes all look in the same round, so that none waits for one that stopped.
    """

    def __init__(self, *, every: int) -> None:
        self.every = every
        self.stop_wanted = False  # by this process, set by a signal
        self.stop_agreed = False  # by all
        self.unseen: list[tuple[int, dict[str, Tensor]]] = []

    def add(self, generator_step: int, terms: dict[str, Float[Tensor, ""]]) -> None:
        """Takes one round's terms by name. Raises NonFiniteError as `look` does."""
        self.unseen.append((generator_step, terms))
        if len(self.unseen) >= self.every:
            self.look()

    def look(self) -> None:
        """Raises NonFiniteError naming the first term that is NaN or infinite on any process, and its step."""
        if not self.unseen:
            return
        names = [(step, name) for step, terms in self.unseen for name in terms]
        values = torch.stack([value for _, terms in self.unseen for value in terms.values()])
        flags = torch.cat([~values.isfinite(), values.new_full((1,), self.stop_wanted).bool()]).int()
        self.unseen = []
        *bad, stop = maximum(flags).tolist()
        self.stop_agreed = bool(stop)
        if any(bad):
            step, name = names[bad.index(1)]
            raise NonFiniteError(
                f"the term {name} is not finite in generator step {step}: the run stops and the last checkpoint stays "
                "as it was; a lower learning rate, or a penalty on the critic, usually helps"
            )
