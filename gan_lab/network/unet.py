"""A small convolutional U-Net, which says where the pixels of a noisy image move."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import PositiveInt
from gan_lab.network.convolution import Doubling, Halving
from gan_lab.network.map_sides import halved
from gan_lab.network.velocity import FREQUENCIES, Velocity, time_features

CHANNELS = 4
"""Channels that group norm takes together, where they divide the width."""


@final
class Block(nn.Module):
    """h + C2(silu((1 + a(t)) N2(C1(silu(N1(h)))) + b(t))), with 3x3 convolutions C, group norms N, and a and b linear
    in the embedding of the time.

    C2 begins at 0, so that the block begins as the identity.
    """

    def __init__(self, width: int, embedded: int) -> None:
        super().__init__()
        self.first = nn.Sequential(norm(width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1))
        self.norm = norm(width)
        self.modulation = nn.Linear(embedded, 2 * width)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]

    def forward(self, h: Float[Tensor, "b c h w"], time: Float[Tensor, "b e"]) -> Float[Tensor, "b c h w"]:
        scale, shift = self.modulation(time)[:, :, None, None].chunk(2, 1)
        return h + self.second(F.silu((1 + scale) * self.norm(self.first(h)) + shift))


def norm(width: int) -> nn.GroupNorm:
    return nn.GroupNorm(width // CHANNELS if width % CHANNELS == 0 else 1, width)


@final
class UNet(Velocity):
    """Maps an image of h x b pixels and a time to a velocity of each pixel: (w, h/2, b/2) - (2w, h/4, b/4) and back.

    w is `width`, and every arrow has a `Block`. On the way back, what was there on the way down is added, as the image
    itself is before the last layer, by a 3x3 convolution: else the noise of a pixel, which the velocity removes, would
    have to be remembered by the narrow middle. Two downsamplings and no attention.

    Source: Ronneberger, Fischer & Brox 2015, arXiv 1505.04597, for the shape; Dhariwal & Nichol 2021, arXiv 2105.05233,
    for the time as scale and shift. Deviations: added instead of concatenated, and no convolutions at full resolution
    but the last, so that a step of training costs as much as one of our GANs (experiment=best_mnist).
    """

    def __init__(self, *, shape: tuple[PositiveInt, ...], width: PositiveInt) -> None:
        super().__init__(shape=shape)
        halved(shape, 2, choice="flow=unet")
        embedded = 2 * width
        self.time = nn.Sequential(nn.Linear(2 * FREQUENCIES, embedded), nn.SiLU())
        self.down = nn.ModuleList([Halving(shape[0], width), Halving(width, 2 * width)])
        self.on_the_way_down = Block(width, embedded)
        self.middle = Block(2 * width, embedded)
        self.on_the_way_up = Block(width, embedded)
        self.up = nn.ModuleList([Doubling(2 * width, width), Doubling(width, shape[0])])
        self.direct = nn.Conv2d(shape[0], shape[0], 3, padding=1)

    def forward(self, x: Float[Tensor, " b *shape"], t: Float[Tensor, " b"]) -> Float[Tensor, " b *shape"]:
        time = self.time(time_features(t).to(x.dtype))
        fine = self.on_the_way_down(self.down[0](x), time)
        coarse = self.middle(self.down[1](fine), time)
        back = self.on_the_way_up(fine + self.up[0](coarse), time)
        return self.up[1](F.silu(back)) + self.direct(x)
