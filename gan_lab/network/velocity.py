"""Velocity fields v(x, t), which flows follow from noise to samples."""

from abc import ABC, abstractmethod
from itertools import pairwise
from math import pi, prod
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.domains import Declared, PositiveInt, Widths
from gan_lab.network.layers import Activation, block

FREQUENCIES = 8


class Velocity(nn.Module, Declared, ABC):
    """Gives each point of `shape` at time t, from 0 (noise) to 1 (data), a velocity of the same shape."""

    def __init__(self, *, shape: tuple[PositiveInt, ...]) -> None:
        super().__init__()
        self.shape = shape

    @abstractmethod
    def forward(self, x: Float[Tensor, " b *shape"], t: Float[Tensor, " b"]) -> Float[Tensor, " b *shape"]: ...


def time_features(t: Float[Tensor, " b"]) -> Float[Tensor, "b n"]:
    """Returns cos(pi k t) and sin(pi k t) for k = 1 to 8: no two times from 0 to 1 have the same, and none is large."""
    angles = pi * t[:, None] * torch.arange(1, FREQUENCIES + 1, dtype=t.dtype, device=t.device)
    return torch.cat([angles.cos(), angles.sin()], 1)


@final
class MLPVelocity(Velocity):
    """v(x, t) = a(t) x + f(x, t): f maps pixels or coordinates beside the features of the time through hidden layers to
    a velocity of each of them, and a gives each of them a factor of its own.

    Between independent Gaussians the best velocity is a(t) x and an offset. Without a, narrow layers have to carry the
    noise of every pixel, which they learn slowly: on MNIST, samples were noise alone after 4,000 steps.
    """

    def __init__(self, *, shape: tuple[PositiveInt, ...], hidden: Widths, activation: Activation) -> None:
        super().__init__(shape=shape)
        widths = (prod(shape) + 2 * FREQUENCIES, *hidden)
        self.layers = nn.Sequential(
            *(block(nn.Linear(a, b), b, norm="none", activation=activation) for a, b in pairwise(widths)),
            nn.Linear(widths[-1], prod(shape)),
        )
        self.factors = nn.Linear(2 * FREQUENCIES, prod(shape))
        nn.init.zeros_(self.factors.weight)
        nn.init.zeros_(self.factors.bias)

    def forward(self, x: Float[Tensor, " b *shape"], t: Float[Tensor, " b"]) -> Float[Tensor, " b *shape"]:
        flat, times = x.flatten(1), time_features(t).to(x.dtype)
        v = self.factors(times) * flat + self.layers(torch.cat([flat, times], 1))
        return v.unflatten(1, self.shape)
