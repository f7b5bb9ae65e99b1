"""The two players of the Dirac-GAN: one point, and one line through 0."""

from math import prod
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import NonNegativeInt, PositiveInt
from gan_lab.network.base import Critic, Generator
from gan_lab.types import CriticOutput


@final
class DiracGenerator(Generator):
    """G(z) = theta for every code: all samples are one point, whose coordinates are the only weights.

    Source: Mescheder et al. 2018, arXiv 1801.04406, definition 2.1, where theta is a number.
    """

    def __init__(
        self, *, latent_dim: PositiveInt, shape: tuple[PositiveInt, ...], start: float, classes: NonNegativeInt = 0
    ) -> None:
        """`start` is the first value of every coordinate of theta."""
        super().__init__(latent_dim=latent_dim, shape=shape, classes=classes)
        self.theta = nn.Parameter(torch.full(shape, float(start)))

    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        return self.theta.expand(z.shape[0], *self.shape)  # len(z) would be a constant in a file of ONNX


@final
class DiracCritic(Critic):
    """D(x) = psi . x: it is 0 at 0, and its only weights are the coordinates of psi. The features are x.

    Source: Mescheder et al. 2018, arXiv 1801.04406, definition 2.1, where psi is a number.
    """

    def __init__(self, *, shape: tuple[PositiveInt, ...], outputs: PositiveInt, start: float) -> None:
        """`start` is the first value of every coordinate of psi."""
        super().__init__(shape=shape, outputs=outputs)
        self.psi = nn.Parameter(torch.full((outputs, prod(shape)), float(start)))

    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput:
        features = images.flatten(1)
        return CriticOutput(features @ self.psi.T, features)
