"""The vision transformer of DINOv2."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

PATCH, TRAINED_SIDE = 14, 37
"""The side of a patch in pixels, and the number of patches along a side of the images that positions were learnt for
(518 pixels)."""

Tokens = Float[Tensor, "b t d"]


class VisionTransformer(nn.Module):
    """Maps images to the class token after the last block, normalised.

    An image of h × w pixels becomes (h/14)(w/14) tokens, one for each patch by a linear map, behind a class token. Each
    gets a learnt position. Then come `depth` blocks, x ← x + γ₁ attention(norm(x)), x ← x + γ₂ mlp(norm(x)), with a
    learnt scale γ for each channel. Names of parameters are those of the published files, which also have a
    `mask_token`: it stood for hidden patches in training, and is not used here.

    Source: Dosovitskiy et al. 2021 (arXiv 2010.11929), γ by Touvron et al. 2021 (arXiv 2103.17239), as in DINOv2, Oquab
    et al. 2023 (arXiv 2304.07193).
    """

    def __init__(self, *, width: int, depth: int, heads: int) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + TRAINED_SIDE**2, width))
        self.mask_token = nn.Parameter(torch.zeros(1, width))
        self.patch_embed = nn.Sequential(OrderedDict(proj=nn.Conv2d(3, width, PATCH, stride=PATCH)))
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm = norm(width)

    def forward(self, images: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b d"]:
        maps = self.patch_embed(images)
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), maps.flatten(2).transpose(1, 2)], 1)
        tokens = tokens + self.positions(*maps.shape[2:])
        return self.norm(self.blocks(tokens)[:, 0])

    def positions(self, rows: int, columns: int) -> Float[Tensor, "1 t d"]:
        """Returns the positions of the class token and of rows × columns patches, interpolated by cubic
        convolution unless there are 37 × 37.

        The factor of the interpolation is that of the published network, which adds 0.1 to the number of patches
        before it divides by 37: without it, features would be others.
        """
        if (rows, columns) == (TRAINED_SIDE, TRAINED_SIDE):
            return self.pos_embed
        first, others = self.pos_embed[:, :1], self.pos_embed[:, 1:]
        grid = others.transpose(1, 2).unflatten(2, (TRAINED_SIDE, TRAINED_SIDE))
        scale = ((rows + 0.1) / TRAINED_SIDE, (columns + 0.1) / TRAINED_SIDE)
        between = F.interpolate(grid, scale_factor=scale, mode="bicubic")
        return torch.cat([first, between.flatten(2).transpose(1, 2)], 1)


class Block(nn.Module):
    """Attention among tokens, then a network for each token, both added to what they read."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attn, self.ls1 = norm(width), Attention(width, heads), LayerScale(width)
        hidden = 4 * width
        layers = OrderedDict(fc1=nn.Linear(width, hidden), gelu=nn.GELU(), fc2=nn.Linear(hidden, width))
        self.norm2, self.mlp, self.ls2 = norm(width), nn.Sequential(layers), LayerScale(width)

    def forward(self, tokens: Tokens) -> Tokens:
        tokens = tokens + self.ls1(self.attn(self.norm1(tokens)))
        return tokens + self.ls2(self.mlp(self.norm2(tokens)))


class Attention(nn.Module):
    """softmax(q kᵀ / √(d/heads)) v in each head, and a linear map of all heads together."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, tokens: Tokens) -> Tokens:
        q, k, v = self.qkv(tokens).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class LayerScale(nn.Module):
    """A learnt factor for each channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, tokens: Tokens) -> Tokens:
        return self.gamma * tokens


def norm(width: int) -> nn.LayerNorm:
    return nn.LayerNorm(width, eps=1e-6)
