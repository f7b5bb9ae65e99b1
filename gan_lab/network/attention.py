"""Self-attention between the pixels of feature maps."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import PositiveInt
from gan_lab.network.layers import Norm, normalised

LESS = 8
"""How many times fewer channels the queries and keys have than the maps."""


@final
class SelfAttention(nn.Module):
    """x + gamma W_o (softmax_j(q_i . k_j) v_j): every pixel i adds what the pixels j with fitting keys say.

    q, k and v are 1x1 convolutions of x, with an eighth, an eighth and half of the channels; k and v are max-pooled to
    half of the sides. gamma is one number that is trained and begins at 0, so that the layer begins as the identity.
    Maps are (b, c, h, w). norm=spectral normalises all four convolutions; another norm leaves them as they are.

    Source: Zhang et al. 2019, arXiv 1805.08318; pooling and half of the channels are in the authors' code.
    """

    def __init__(self, channels: PositiveInt, *, norm: Norm) -> None:
        super().__init__()
        few, half = max(1, channels // LESS), max(1, channels // 2)
        self.query, self.key, self.value = (
            normalised(nn.Conv2d(channels, to, 1, bias=False), norm) for to in (few, few, half)
        )
        self.output = normalised(nn.Conv2d(half, channels, 1, bias=False), norm)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        query = self.query(x).flatten(2)
        key, value = (F.max_pool2d(layer(x), 2).flatten(2) for layer in (self.key, self.value))
        attention = torch.softmax(query.transpose(1, 2) @ key, 2)
        said = (value @ attention.transpose(1, 2)).unflatten(2, x.shape[2:])
        return x + self.gamma * self.output(said)
