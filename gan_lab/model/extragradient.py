"""The extragradient method: both players look where a step leads before they take one."""

from collections.abc import Iterator
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gan_lab.model.simultaneous import SimultaneousModule
from gan_lab.model.turn import Turn
from gan_lab.types import Batch


@final
class Extragradient(SimultaneousModule):
    """w' = w - s(v(w)),  w <- w - s(v(w')): a step of both players is taken back, and repeated by the gradients there.

        w = (critic, generator), v = (grad L_D, grad L_G), s: what the optimizer makes of a gradient

    With optimizer=sgd, s(v) = lr v. With optimizer=adam it is ExtraAdam, whose means of gradients and squares are
    updated in both halves. Each half has fresh reals and fresh codes, so a round uses two batches and costs two. In a
    bilinear game, where gradient steps spiral outwards, each round multiplies |w| by sqrt(1 - lr^2 + lr^4).

    Diagnostic of logged rounds `gradient_cosine`, for each player: the cosine between its gradients at w and at w'. It
    falls below that of two batches at the same weights where the game turns.

    Only weights are taken back. The strength of adaptive augmentation and the moving averages of LeCam regularisation
    move in both halves, so twice a round.
    Source: Gidel et al. 2019, arXiv 1802.10551, algorithm 4, after Korpelevich 1976. Deviation: the average of the
    generator decays exponentially, and is not uniform.
    """

    def __init__(self, **base: Any) -> None:
        super().__init__(**base)
        self.seen: dict[str, Float[Tensor, " n"]] = {}  # the gradients at w, in a logged round

    @property
    def batches_per_round(self) -> int:
        return 2

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        first, second = batches
        yield from self.step_together(first, extrapolates=True)
        yield from self.step_together(second)

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        gradients = [p.grad.flatten() for p in self.parameters_of(player) if p.grad is not None]
        here, norms = torch.cat(gradients), super().watch(player)
        if (before := self.seen.pop(player, None)) is None:
            self.seen[player] = here
            return norms
        return norms | {"gradient_cosine": F.cosine_similarity(before, here, dim=0)}
