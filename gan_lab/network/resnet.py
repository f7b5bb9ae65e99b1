"""The residual networks of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028) and SNGAN (Miyato et al. 2018, arXiv
1802.05957) for images of 32 pixels and more, and for smaller ones with fewer blocks.

With `width` 128, WGAN-GP's for CIFAR-10; with 256 in the generator and 128 in the critic, SNGAN's for CIFAR-10. SNGAN's
for STL-10, at 48 pixels: width 64, factors [8, 4, 2, 1] in the generator, [1, 2, 4, 8] and `flat` [16] in the critic.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, final

from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import BelowOne, NonNegativeInt, PositiveInt, Widths
from gan_lab.network.attention import SelfAttention
from gan_lab.network.base import Critic, Generator
from gan_lab.network.layers import Activation, Norm, Statistics, activate, head, normalisation, normalised
from gan_lab.network.map_sides import halved, halvings
from gan_lab.network.residual import ResidualBlock, convolution
from gan_lab.types import CriticOutput

Pooling = Literal["mean", "sum"]


@final
class ResNetGenerator(Generator):
    """Maps z to an image: dense to the smallest maps, blocks that double the sides, norm, activation, 3x3, tanh.

    Maps have `width` times `factors` channels, from the smallest to those of the image's size: four factors are three
    blocks. None takes a factor of 1 and as many blocks as leave smallest maps of at least 4 pixels. Where maps have
    sides of `attention` pixels, self-attention follows; 0 for none.
    """

    def __init__(
        self,
        *,
        latent_dim: PositiveInt,
        shape: tuple[PositiveInt, ...],
        width: PositiveInt,
        norm: Norm,
        activation: Activation,
        factors: Widths | None = None,
        attention: NonNegativeInt = 0,
        classes: NonNegativeInt = 0,
    ) -> None:
        super().__init__(latent_dim=latent_dim, shape=shape, classes=classes)
        channels = [width * factor for factor in factors or (1,) * (1 + halvings(shape, least=4))]
        height, breadth = halved(shape, len(channels) - 1, choice="network=resnet")
        dense = nn.Linear(latent_dim + classes, channels[0] * height * breadth)
        nn.init.xavier_uniform_(dense.weight)
        nn.init.zeros_(dense.bias)
        self.layers = nn.Sequential(normalised(dense, norm), nn.Unflatten(1, (channels[0], height, breadth)))
        for number, (of, to) in enumerate(pairwise(channels), 1):
            self.layers.append(ResidualBlock(of, to, norm=norm, activation=activation, resampling="double"))
            if attention == height << number:
                self.layers.append(SelfAttention(to, norm=norm))
        refuse_other_sides(attention, [height << number for number in range(1, len(channels))])
        self.layers.extend(normalisation(channels[-1], norm=norm, convolution=True))
        self.layers.extend([activate(activation), convolution(channels[-1], shape[0], 3, norm), nn.Tanh()])

    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        return self.layers(self.concat_labels(z, labels))


@final
class ResNetCritic(Critic):
    """Maps an image to scores: blocks that halve the sides, blocks that keep them, activation, pooling, linear.

    The first blocks have `width` times `factors` channels, the others `width` times `flat`; None for factors of 1 and
    as many halvings as leave sides of at most 8 pixels, at least one. Features are the maps' mean (Gulrajani et al.) or
    sum (Miyato et al.) over the pixels, as `pooling` says. Self-attention is as in the generator.
    """

    def __init__(
        self,
        *,
        shape: tuple[PositiveInt, ...],
        outputs: PositiveInt,
        width: PositiveInt,
        norm: Norm,
        activation: Activation,
        dropout: BelowOne,
        factors: Widths | None = None,
        flat: tuple[PositiveInt, ...] = (1, 1),
        pooling: Pooling = "sum",
        attention: NonNegativeInt = 0,
        projection: bool = False,
        batch_statistics: Statistics = "none",
    ) -> None:
        super().__init__(shape=shape, outputs=outputs)
        factors = factors or (1,) * max(1, halvings(shape, least=5))
        halved(shape, len(factors), choice="network=resnet")
        sides = [shape[1] >> min(number, len(factors)) for number in range(1, 1 + len(factors) + len(flat))]
        refuse_other_sides(attention, sides)
        of = shape[0]
        self.blocks = nn.Sequential()
        for number, (factor, side) in enumerate(zip((*factors, *flat), sides, strict=True)):
            to = width * factor
            self.blocks.append(
                ResidualBlock(
                    *(of, to),
                    norm=norm,
                    activation=activation,
                    resampling="halve" if number < len(factors) else "none",
                    first=number == 0,
                    dropout=dropout,
                )
            )
            if attention == side and side not in sides[:number]:
                self.blocks.append(SelfAttention(to, norm=norm))
            of = to
        self.blocks.append(activate(activation))
        self.pooling = pooling
        self.head = head(of, outputs, norm=norm, projection=projection, batch_statistics=batch_statistics)

    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput:
        maps = self.blocks(images)
        features = maps.mean((2, 3)) if self.pooling == "mean" else maps.sum((2, 3))
        return CriticOutput(self.head(features), features)


def refuse_other_sides(attention: int, sides: Sequence[int]) -> None:
    """Raises ValueError if attention is asked for between maps of a size that the network does not have."""
    if attention and attention not in sides:
        allowed = " or ".join(str(side) for side in sorted({*sides}))
        raise ValueError(f"attention is {attention}, and the network's maps have sides of {allowed}: take one, or 0")
