"""Convolutional networks after DCGAN (Radford et al. 2016, arXiv 1511.06434), with as many stages as the size needs.

A stage is a 4x4 convolution of stride 2. The paper has four for images of 64 pixels; images of 28 pixels have two here.
Deviation: a linear layer on the critic's features instead of a last convolution. So with two stages, the critic's score
is a sum over patches of 10x10 pixels that are judged independently. `hidden` adds a dense layer of this many units to
both players, as in InfoGAN's networks for MNIST (Chen et al. 2016, arXiv 1606.03657, appendix C.1, with 1024 units).
With it the critic judges the image as a whole.
"""

from typing import final

from jaxtyping import Float, Int
from torch import Tensor, nn

from gan_lab.domains import BelowOne, NonNegativeInt, PositiveInt
from gan_lab.network.base import Critic, Generator
from gan_lab.network.convolution import Doubling, Halving
from gan_lab.network.layers import Activation, Norm, Statistics, block, head
from gan_lab.network.map_sides import halved, halvings
from gan_lab.types import CriticOutput


def initialise(network: nn.Module) -> None:
    """Draws all weights from N(0, 0.02^2) and sets all biases to 0, as in the paper."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def stages_of(shape: tuple[int, ...]) -> int:
    """Returns how often the sides can be halved and stay at 4 pixels, the paper's first maps; at least 2."""
    return max(2, halvings(shape, least=4))


@final
class DCGANGenerator(Generator):
    """Maps z to an image of h x b pixels: z - `hidden` units, if any - (2w, h/4, b/4) - (w, h/2, b/2) - image.

    w is `width`. The first layers are dense, the last two are transposed 4x4 convolutions of stride 2. This is with two
    `stages`; each further one begins with twice the channels and half the sides. None takes as many as the size needs.
    """

    def __init__(
        self,
        *,
        latent_dim: PositiveInt,
        shape: tuple[PositiveInt, ...],
        width: PositiveInt,
        norm: Norm,
        activation: Activation,
        hidden: NonNegativeInt = 0,
        classes: NonNegativeInt = 0,
        stages: PositiveInt | None = 2,
    ) -> None:
        super().__init__(latent_dim=latent_dim, shape=shape, classes=classes)
        stages = stages or stages_of(shape)
        height, breadth = halved(shape, stages, choice="network=dcgan")
        channels = [width * 2**stage for stage in reversed(range(stages))]
        given, flat = latent_dim + classes, channels[0] * height * breadth
        self.layers = nn.Sequential(
            *([block(nn.Linear(given, hidden), hidden, norm=norm, activation=activation)] if hidden else []),
            block(nn.Linear(hidden or given, flat), flat, norm=norm, activation=activation),
            nn.Unflatten(1, (channels[0], height, breadth)),
            *(block(Doubling(2 * to, to), to, norm=norm, activation=activation) for to in channels[1:]),
            Doubling(width, shape[0]),
            nn.Tanh(),
        )
        if norm != "spectral":
            initialise(self)

    def forward(self, z: Float[Tensor, "b d"], labels: Int[Tensor, " b"] | None = None) -> Float[Tensor, " b *shape"]:
        return self.layers(self.concat_labels(z, labels))


@final
class DCGANCritic(Critic):
    """Maps an image of h x b pixels to scores: (w, h/2, b/2) - (2w, h/4, b/4) - `hidden` units, if any - scores.

    w is `width`. The first two layers are 4x4 convolutions of stride 2. As in the paper, the first has no batch norm.
    Each further of the `stages` doubles the channels and halves the sides; None takes as many as the size needs.
    `batch_statistics` are appended to the features for the last layer only.
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
        hidden: NonNegativeInt = 0,
        projection: bool = False,
        batch_statistics: Statistics = "none",
        stages: PositiveInt | None = 2,
    ) -> None:
        super().__init__(shape=shape, outputs=outputs)
        stages = stages or stages_of(shape)
        height, breadth = halved(shape, stages, choice="network=dcgan")
        first: Norm = "none" if norm == "batch" else norm
        self.layers = nn.Sequential(
            block(Halving(shape[0], width), width, norm=first, activation=activation, dropout=dropout),
            *(
                block(Halving(of, 2 * of), 2 * of, norm=norm, activation=activation, dropout=dropout)
                for of in (width * 2**stage for stage in range(stages - 1))
            ),
            nn.Flatten(),
        )
        features = width * 2 ** (stages - 1) * height * breadth
        if hidden:
            dense = nn.Linear(features, hidden)
            self.layers.append(block(dense, hidden, norm=norm, activation=activation, dropout=dropout))
        self.head = head(
            hidden or features,
            outputs,
            norm=norm,
            projection=projection,
            batch_statistics=batch_statistics,
        )
        if norm != "spectral":
            initialise(self)

    def forward(self, images: Float[Tensor, " b *shape"]) -> CriticOutput:
        features = self.layers(images)
        return CriticOutput(self.head(features), features)
