"""The next steps of an optimizer as functions that can be differentiated."""

from collections.abc import Sequence
from functools import partial
from math import log
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

UNKNOWN: dict[Any, tuple[str, ...]] = {
    Adam: ("amsgrad", "weight_decay", "maximize"),
    SGD: ("momentum", "weight_decay", "maximize"),
}
"""The optimizers whose steps are known here, with the options with which they are not."""


def refuse_unknown_steps(make: partial[Optimizer]) -> None:
    """Raises ValueError for an optimizer whose steps are not known here."""
    kind: Any = make.func
    if kind not in UNKNOWN:
        raise ValueError(
            f"the critic's next steps are differentiated, which is known of Adam and of SGD, not of {kind.__name__}: "
            "use optimizer=adam or optimizer=sgd"
        )
    if found := [name for name in UNKNOWN[kind] if make.keywords.get(name)]:
        raise ValueError(f"steps of {kind.__name__} cannot be differentiated with {found[0]}: leave it out")


class LookingAhead:
    """What an optimizer would do with given gradients, from its present state on, without doing it.

    Adam:  m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,  w <- w - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
    SGD:   w <- w - lr g

    Adam's m, v and t are those after the steps that were taken. The optimizer, its state and its weights stay as they
    are. Where v is 0, all gradients have been 0, and the root's derivative is taken as 0.
    """

    def __init__(self, optimizer: Optimizer, weights: Sequence[nn.Parameter]) -> None:
        """The weights are those of which `step` gets values, in their order."""
        groups = {id(p): group for group in optimizer.param_groups for p in group["params"]}
        self.groups = [groups[id(weight)] for weight in weights]
        self.adam = isinstance(optimizer, Adam)
        self.moments = [begun(optimizer.state.get(weight, {}), weight) for weight in weights] if self.adam else []

    def step(self, values: Sequence[Tensor], gradients: Sequence[Tensor | None]) -> list[Tensor]:
        """Returns the values of all weights after the next step; one without a gradient stays."""
        moved = []
        for index, (group, value, g) in enumerate(zip(self.groups, values, gradients, strict=True)):
            if g is None:
                moved.append(value)
            elif not self.adam:
                moved.append(value - group["lr"] * g)
            else:
                (b1, b2), (m, v, t) = group["betas"], self.moments[index]
                m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g.square(), t + 1
                self.moments[index] = m, v, t
                size = root(v) / unbiased(b2, t).sqrt() + group["eps"]
                moved.append(value - group["lr"] * (m / unbiased(b1, t)) / size)
        return moved


def begun(state: Any, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Returns Adam's m, v and t of a weight, as far as it has come."""
    if not state:
        return torch.zeros_like(weight), torch.zeros_like(weight), weight.new_zeros(())
    return state["exp_avg"].clone(), state["exp_avg_sq"].clone(), state["step"].to(weight)


def root(v: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Returns the root, whose derivative at 0 is infinite, with the derivative 0 there."""
    above = v > 0
    return torch.where(above, torch.where(above, v, 1.0).sqrt(), 0.0)


def unbiased(beta: float, t: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """Returns 1 - beta^t, in single precision too, where beta is near 1."""
    return -torch.expm1(t * log(beta)) if beta > 0 else torch.ones_like(t)
