"""Twice or half of the sides, by interpolation."""

from typing import Literal, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


@final
class Resampler(nn.Module):
    """Returns maps with twice or half of the sides, smoothed by the filter [1, 2, 1] in both directions.

    Doubled, a line x_0, x_1, ... becomes x_0/2, x_0, (x_0 + x_1)/2, x_1, ...; halved, it becomes (2 x_0 + x_1)/4,
    (x_1 + 2 x_2 + x_3)/4, ...; these are the values of R3GAN's code, at the borders too.
    Maps are (b, c, h, w).
    """

    def __init__(self, to: Literal["double", "half"]) -> None:
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0]) / (2 if to == "double" else 4)
        self.register_buffer("kernel", torch.outer(line, line)[None, None], persistent=False)
        self.to_double = to == "double"

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h2 w2"]:
        kernel: Tensor = self.get_buffer("kernel").to(x.dtype)
        one = x.flatten(0, 1)[:, None]
        if self.to_double:
            height, width = (2 * side for side in x.shape[2:])
            made = F.conv_transpose2d(one, kernel, stride=2)[..., :height, :width]
        else:
            made = F.conv2d(one, kernel, stride=2, padding=1)
        return made.unflatten(0, x.shape[:2])[:, :, 0]

    def extra_repr(self) -> str:
        return "twice the sides" if self.to_double else "half of the sides"
