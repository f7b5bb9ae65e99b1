"""Dropout whose masks are indexed noise, like all other random numbers of a training."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.domains import BelowOne
from gan_lab.noise import IndexedNoise


@final
class Dropout(nn.Module):
    """x m / (1 - p),  m ~ Bernoulli(1 - p) for every value in training; x in evaluation mode.

    The masks come from `noise`, which the training sets anew in each round: so they are the same with one process and
    with several, and after a resumption. Without it they come from torch's global stream. `parts` is the number of
    batches, one after the other, of which x consists.

    Source: Srivastava et al. 2014, JMLR 15. Deviation: p is rounded to a multiple of 2^-16, as
    `IndexedNoise.kept` draws 16 bits for a value; torch's own layer draws a double for each, one after the other, which
    on a CPU takes ten times as long and was half of a round of a convolutional critic.
    """

    def __init__(self, p: BelowOne) -> None:
        super().__init__()
        self.p = p
        self.noise: IndexedNoise | None = None
        self.parts = 1

    def forward(self, x: Float[Tensor, " b *shape"]) -> Float[Tensor, " b *shape"]:
        if not self.training or self.p == 0:
            return x
        noise = self.noise
        if noise is None:
            noise = IndexedNoise((int(torch.randint(2**62, ())),), x.device)
        kept, share = noise.kept(1 - self.p, *x.shape, parts=self.parts)
        return x * kept.to(x.dtype).div_(share)

    def extra_repr(self) -> str:
        return f"p={self.p}"
