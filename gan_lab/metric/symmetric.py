"""Products that are symmetric matrices, at little more than half the work: only blocks on and below the diagonal."""

import torch
from jaxtyping import Float
from torch import Tensor

BLOCK = 256
"""The number of columns of a block, enough for a fast matrix product."""


def add_gram_(total: Float[Tensor, "d d"], x: Float[Tensor, "n d"]) -> None:
    """Adds xᵀx to `total` in place, on and below the diagonal; `mirrored` completes the matrix."""
    for start in range(0, x.shape[1], BLOCK):
        stop = start + BLOCK
        total[start:stop, :stop].addmm_(x[:, start:stop].T, x[:, :stop])


def mirrored(lower: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """Returns the symmetric matrix with this lower triangle."""
    return lower.tril().add_(lower.tril(-1).T)


def congruence(factor: Float[Tensor, "d d"], symmetric: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """Returns FᵀSF of a lower triangular F, of which only the lower triangle is specified."""
    product, result = torch.empty_like(symmetric), torch.zeros_like(symmetric)
    for start in range(0, len(factor), BLOCK):
        stop = start + BLOCK  # above its diagonal block, a column of F is 0
        product[:, start:stop] = symmetric[:, start:] @ factor[start:, start:stop]
    for start in range(0, len(factor), BLOCK):
        stop = start + BLOCK
        result[start:stop, :stop] = factor[start:, start:stop].T @ product[start:, :stop]
    return result
