"""How a player's learning rate changes over a run."""

from math import cos, pi
from typing import Literal, final

from torch.optim import Optimizer

from gan_lab.domains import BelowOne, Declared, Probability


@final
class Schedule(Declared):
    """The factor of a player's learning rate at each of its steps, by the generator steps t of a run of T.

        (t + 1) / (w T)                  in the warm-up, t < w T
        1                                up to the share `hold` of the run, or the end of the warm-up if that is later
        1 - (1 - end) s(u)               then; u runs from 0 there to 1 at the end, s(u) = u for `linear`
                                         and (1 - cos(pi u)) / 2 for `cosine`; for `constant`, it stays 1

    It depends on t and T alone, so a resumed run continues as if it had not stopped; a run that is resumed with another
    length follows the schedule of that length from there on. Every group of the optimizer is scaled alike, and so is a
    prior's own learning rate. The cosine is that of Loshchilov & Hutter 2017, arXiv 1608.03983, without restarts.
    """

    def __init__(
        self,
        *,
        shape: Literal["constant", "linear", "cosine"],
        warm_up: BelowOne,
        hold: Probability,
        end: Probability,
    ) -> None:
        """`warm_up` and `hold` are shares of the run, `end` is the factor at its end."""
        self.shape = shape
        self.warm_up = warm_up
        self.hold = hold
        self.end = end

    def factor(self, step: int, length: int) -> float:
        """Returns the factor at the step `step`, counted from 0, of a run of `length`."""
        if step < self.warm_up * length:
            return min(1.0, (step + 1) / (self.warm_up * length))
        begun = max(self.warm_up, self.hold) * length
        if self.shape == "constant" or step <= begun:
            return 1.0
        u = min(1.0, (step - begun) / (length - begun))
        fallen = u if self.shape == "linear" else (1 - cos(pi * u)) / 2
        return 1 - (1 - self.end) * fallen

    def apply(self, optimizer: Optimizer, step: int, length: int) -> float:
        """Sets the learning rate of each group of an optimizer, and returns that of the first."""
        factor = self.factor(step, length)
        for group in optimizer.param_groups:
            group["lr"] = group.setdefault("initial_lr", group["lr"]) * factor
        return float(optimizer.param_groups[0]["lr"])
