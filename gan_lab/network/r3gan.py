"""The networks of R3GAN (Huang et al. 2024, arXiv 2501.05441): residual, with grouped convolutions, without norms.

For 32 pixels and more as in the paper: `width` 768 with `factors` of 1 is its network for CIFAR-10, and width 96 with
factors [8, 8, 8, 8, 4, 2, 1] in the generator, and these backwards in the critic, its network for FFHQ at 256 pixels,
with 23.058 and 23.010 million weights. A conditional generator gets one-hot labels beside z, not an embedding of them.
"""

from collections.abc import Sequence
from typing import Literal, final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import BelowOne, NonNegativeInt, PositiveInt, Widths
from gan_lab.network.base import Critic, Generator
from gan_lab.network.dropout import Dropout
from gan_lab.network.layers import Statistics, head
from gan_lab.network.map_sides import halved, halvings
from gan_lab.network.rectifier import LeakyReLU
from gan_lab.network.resampler import Resampler
from gan_lab.types import CriticOutput

SLOPE = 0.2
GAIN = (2 / (1 + SLOPE**2)) ** 0.5
"""What keeps the variance of values through a leaky rectifier."""
EXPANSION = 2
LINEAR = 3
"""The convolutions of a residual block."""
NoNorm = Literal["none"]
"""What variants that set the norm of a network may set: the paper leaves norms out, since they hurt."""


def drawn(layer: nn.Module, gain: float = 1.0) -> nn.Module:
    """Draws the weight from N(0, gain^2 / fan-in), which multiplies the variance of values by gain^2."""
    weight = layer.get_parameter("weight")
    nn.init.normal_(weight, 0, gain / weight[0].numel() ** 0.5)
    return layer


def pointwise(of: int, to: int, gain: float = 1.0) -> nn.Module:
    """Returns a 1x1 convolution without a bias."""
    return drawn(nn.Conv2d(of, to, 1, bias=False), gain)


@final
class Biased(nn.Module):
    """Returns leaky_relu(x + b) with slope .2 and one b for each channel, which begins at 0."""

    def __init__(self, channels: PositiveInt) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))
        self.rectifier = LeakyReLU(SLOPE)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return self.rectifier(x + self.bias)


@final
class Block(nn.Module):
    """Returns x + W_3 a(W_2 a(W_1 x)): to twice the channels, 3x3 in groups of `group` channels, and back.

    a is a leaky rectifier of x + b. W_3 begins at 0, and W_1 and W_2 with L^(-1/4) of their usual size, where L is the
    number of `blocks` of the whole network: the initialisation of Zhang et al. 2019 (arXiv 1901.09321), instead of a
    norm. Dropout, of which the paper has none, acts before W_3.
    """

    def __init__(self, channels: PositiveInt, *, group: PositiveInt, blocks: PositiveInt, dropout: BelowOne) -> None:
        super().__init__()
        wide, gain = EXPANSION * channels, GAIN * blocks ** (-1 / (2 * LINEAR - 2))
        if wide % group:
            raise ValueError(
                f"group is {group}, and a block has {wide} channels, twice those of its maps: group must divide them"
            )
        middle = nn.Conv2d(wide, wide, 3, padding=1, groups=wide // group, bias=False)
        self.layers = nn.Sequential(
            pointwise(channels, wide, gain),
            Biased(wide),
            drawn(middle, gain),
            Biased(wide),
            *([Dropout(dropout)] if dropout else []),
            pointwise(wide, channels, 0.0),
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return x + self.layers(x)


@final
class R3GANGenerator(Generator):
    """Maps z to an image: W z times a learnt map for each channel, blocks, and a 1x1 convolution, without a tanh.

    Maps have `width` times `factors` channels, from the smallest to those of the image's size; None for factors of 1
    and as many doublings as leave smallest maps of at least 4 pixels. Every size has `blocks` blocks.
    """

    def __init__(
        self,
        *,
        latent_dim: PositiveInt,
        shape: tuple[PositiveInt, ...],
        width: PositiveInt,
        factors: Widths | None = None,
        blocks: PositiveInt = 2,
        group: PositiveInt = 16,
        norm: NoNorm = "none",
        classes: NonNegativeInt = 0,
    ) -> None:
        super().__init__(latent_dim=latent_dim, shape=shape, classes=classes)
        channels = channels_of(shape, width, factors)
        sides = halved(shape, len(channels) - 1, choice="network=r3gan")
        self.maps = nn.Parameter(torch.randn(channels[0], *sides))
        self.strength = drawn(nn.Linear(latent_dim + classes, channels[0], bias=False))
        self.layers = nn.Sequential()
        for number, to in enumerate(channels):
            if number and channels[number - 1] != to:
                self.layers.append(pointwise(channels[number - 1], to))
            if number:
                self.layers.append(Resampler("double"))
            self.layers.extend(stage(to, blocks, blocks * len(channels), group, 0.0))
        self.layers.append(pointwise(channels[-1], shape[0]))

    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        return self.layers(self.maps * self.strength(self.concat_labels(z, labels))[:, :, None, None])


@final
class R3GANCritic(Critic):
    """Maps an image to scores: a 1x1 convolution, blocks, a learnt weighted sum of each map of the smallest, linear.

    `factors` are from the largest maps to the smallest; the rest is as in the generator. The last layer is drawn as the
    others and has no bias; with `projection` or `batch_statistics`, which the paper has not, it is that of the other
    networks.
    """

    def __init__(
        self,
        *,
        shape: tuple[PositiveInt, ...],
        outputs: PositiveInt,
        width: PositiveInt,
        factors: Widths | None = None,
        blocks: PositiveInt = 2,
        group: PositiveInt = 16,
        norm: NoNorm = "none",
        dropout: BelowOne = 0.0,
        projection: bool = False,
        batch_statistics: Statistics = "none",
    ) -> None:
        super().__init__(shape=shape, outputs=outputs)
        channels = channels_of(shape, width, factors)
        sides = halved(shape, len(channels) - 1, choice="network=r3gan")
        self.layers = nn.Sequential(pointwise(shape[0], channels[0]))
        for number, of in enumerate(channels):
            self.layers.extend(stage(of, blocks, blocks * len(channels), group, dropout))
            if number + 1 < len(channels):
                self.layers.append(Resampler("half"))
                if of != channels[number + 1]:
                    self.layers.append(pointwise(of, channels[number + 1]))
        last = channels[-1]
        self.layers.append(drawn(nn.Conv2d(last, last, sides, groups=last, bias=False)))
        self.layers.append(nn.Flatten())
        self.head = (
            head(last, outputs, norm=norm, projection=projection, batch_statistics=batch_statistics)
            if projection or batch_statistics != "none"
            else drawn(nn.Linear(last, outputs, bias=False))
        )

    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput:
        features = self.layers(images)
        return CriticOutput(self.head(features), features)


def channels_of(shape: tuple[int, ...], width: int, factors: Sequence[int] | None) -> list[int]:
    """Returns the channels of the maps of each size."""
    return [width * factor for factor in factors or (1,) * (1 + halvings(shape, least=4))]


def stage(channels: int, some: int, blocks: int, group: int, dropout: float) -> list[nn.Module]:
    """Returns `some` of the network's blocks, which have these channels."""
    return [Block(channels, group=group, blocks=blocks, dropout=dropout) for _ in range(some)]
