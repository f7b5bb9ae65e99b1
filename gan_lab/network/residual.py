"""The residual blocks of WGAN-GP and SNGAN."""

from typing import Literal, final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import BelowOne, PositiveInt
from gan_lab.network.dropout import Dropout
from gan_lab.network.layers import Activation, Norm, activate, normalisation, normalised

Resampling = Literal["none", "double", "halve"]


def convolution(of: int, to: int, kernel: int, norm: Norm) -> nn.Module:
    """Returns a convolution that keeps the sides, its weight drawn from Glorot's uniform distribution, its bias 0."""
    layer = nn.Conv2d(of, to, kernel, padding=kernel // 2)
    nn.init.xavier_uniform_(layer.weight, 2**0.5 if kernel > 1 else 1.0)
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    return normalised(layer, norm)


def resampled(maps: Float[Tensor, "b c h w"], resampling: Resampling) -> Float[Tensor, "b c h2 w2"]:
    """Returns the maps with every pixel four times, or the means of four pixels, or as they are."""
    if resampling == "double":
        return F.interpolate(maps, scale_factor=2, mode="nearest")
    return F.avg_pool2d(maps, 2) if resampling == "halve" else maps


@final
class ResidualBlock(nn.Module):
    """Returns s(x) + W_2 a(n(W_1 u(a(n(x))))): two 3x3 convolutions W, each after a norm n and an activation a.

    x has `of` channels, the result `to`; what is between has `to` where sides are doubled or x is an image, else `of`.
    `resampling` doubles the sides at u, before the first convolution, or halves them after the second. The shortcut s
    resamples x, with a 1x1 convolution before it where the channels or the sides change. With `first`, x is an image:
    there is neither n nor a before W_1, and s halves before its convolution. Dropout acts on the sum.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, appendix F; Miyato et al. 2018, arXiv 1802.05957, tables 4 and 5.
    Their norm is batch norm in the generator; Gulrajani et al. have layer norm in the critic for larger images.
    Deviation: weights are drawn as in the code of Miyato et al., from Glorot's distribution, times 2^.5 for W.
    """

    def __init__(
        self,
        of: PositiveInt,
        to: PositiveInt,
        *,
        norm: Norm,
        activation: Activation,
        resampling: Resampling = "none",
        first: bool = False,
        dropout: BelowOne = 0.0,
    ) -> None:
        super().__init__()
        self.resampling, self.first = resampling, first
        hidden = to if first or resampling == "double" else of
        begin = [] if first else [*normalisation(of, norm=norm, convolution=True), activate(activation)]
        self.before = nn.Sequential(*begin)
        self.one = convolution(of, hidden, 3, norm)
        self.between = nn.Sequential(*normalisation(hidden, norm=norm, convolution=True), activate(activation))
        self.two = convolution(hidden, to, 3, norm)
        changes = of != to or resampling != "none"
        self.shortcut = convolution(of, to, 1, norm) if changes else nn.Identity()
        self.after = Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h2 w2"]:
        doubling: Resampling = "double" if self.resampling == "double" else "none"
        halving: Resampling = "halve" if self.resampling == "halve" else "none"
        residual = resampled(self.two(self.between(self.one(resampled(self.before(x), doubling)))), halving)
        # a 1x1 convolution and either resampling can be exchanged: where there are fewer pixels it costs less
        small = resampled(x, "halve") if self.resampling == "halve" else x
        shortcut = resampled(self.shortcut(small), doubling)
        return self.after(shortcut + residual)
