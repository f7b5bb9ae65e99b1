"""Fully connected networks for 28x28 digits, and small ones for 2-D points."""

from itertools import pairwise
from math import prod
from typing import Any, Literal, final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import BelowOne, NonNegativeInt, PositiveInt, Widths
from gan_lab.network.base import Critic, Generator
from gan_lab.network.layers import Activation, Norm, Statistics, block, head
from gan_lab.network.slopes import ScoresAndSlopes, only_rectified
from gan_lab.types import CriticOutput


@final
class MLPGenerator(Generator):
    """Maps z - hidden layers - pixels or coordinates, with a final tanh for images (`output=tanh`, else `linear`)."""

    def __init__(
        self,
        *,
        latent_dim: PositiveInt,
        shape: tuple[PositiveInt, ...],
        hidden: Widths,
        norm: Norm,
        activation: Activation,
        output: Literal["tanh", "linear"],
        classes: NonNegativeInt = 0,
    ) -> None:
        super().__init__(latent_dim=latent_dim, shape=shape, classes=classes)
        widths = (latent_dim + classes, *hidden)
        self.hidden = nn.Sequential(
            *(block(nn.Linear(a, b), b, norm=norm, activation=activation) for a, b in pairwise(widths))
        )
        self.output = nn.Sequential(head(widths[-1], prod(shape), norm=norm))
        if output == "tanh":
            self.output.append(nn.Tanh())

    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        return self.output(self.hidden(self.concat_labels(z, labels))).unflatten(1, self.shape)


@final
class MLPCritic(Critic):
    """Maps pixels or coordinates - hidden layers - scores. The features are the last hidden activations after dropout.

    With `norm=batch` the first layer has no batch norm, which would hide the mean of the images from the critic
    (Radford et al. 2016, arXiv 1511.06434). `batch_statistics` are appended to the features for the last layer only.
    """

    def __init__(
        self,
        *,
        shape: tuple[PositiveInt, ...],
        outputs: PositiveInt,
        hidden: Widths,
        norm: Norm,
        activation: Activation,
        dropout: BelowOne,
        projection: bool = False,
        batch_statistics: Statistics = "none",
    ) -> None:
        super().__init__(shape=shape, outputs=outputs)
        widths = (prod(shape), *hidden)
        norms: list[Norm] = ["none" if norm == "batch" else norm, *[norm] * (len(hidden) - 1)]
        self.hidden = nn.Sequential(
            nn.Flatten(),
            *(
                block(nn.Linear(a, b), b, norm=each, activation=activation, dropout=dropout)
                for (a, b), each in zip(pairwise(widths), norms, strict=True)
            ),
        )
        self.head = head(widths[-1], outputs, norm=norm, projection=projection, batch_statistics=batch_statistics)

    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput:
        features = self.hidden(images)
        return CriticOutput(self.head(features), features)

    @property
    def gives_slopes(self) -> bool:
        return only_rectified(self.hidden, self.head)

    def scores_and_slopes(
        self, real: Float[Tensor, " b *shape"], fake: Float[Tensor, " b *shape"], share: Float[Tensor, " b *ones"]
    ) -> tuple[CriticOutput, Float[Tensor, "b n"]]:
        rectifier: Any = self.hidden[-1][-1]  # type: ignore[index]
        inputs = torch.cat([real, fake]).flatten(1), share.flatten(1)
        score, features, slopes = ScoresAndSlopes.apply(*inputs, rectifier.slope, *self.parameters())
        return CriticOutput(score, features), slopes
