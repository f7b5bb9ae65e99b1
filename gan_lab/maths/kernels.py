"""Kernels of two sets of features, each a sum over several shapes."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.maths.float32 import full_float32

Kernel = Literal["rational_quadratic", "gaussian", "distance"]

EPS = 1e-8
"""Is added to squared distances under a root, which has no slope at 0."""


def kernel_matrix(
    x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], kernel: Kernel, shapes: Sequence[float]
) -> Float[Tensor, "n m"]:
    """Returns k(x_i, y_j), the sum over the shapes a of one of these, with s = ||x_i - y_j||^2:

    - `rational_quadratic`: (1 + s / 2a)^(-a), a mixture of Gaussians of all widths, with heavier tails for a smaller a;
    - `gaussian`: exp(-s / 2a^2);
    - `distance`: -(s + 1e-8)^(a/2). It is the energy distance's for 0 < a < 2, and positive definite only where the
      weights of points sum to 0, as those of a discrepancy do.

    It can be differentiated twice.
    """
    squares = squared_distances(x, y)
    if kernel == "rational_quadratic":
        parts = [(1 + squares / (2 * a)).pow(-a) for a in shapes]
    elif kernel == "gaussian":
        parts = [(-squares / (2 * a * a)).exp() for a in shapes]
    else:
        parts = [-(squares + EPS).pow(a / 2) for a in shapes]
    return torch.stack(parts).sum(0)


def squared_distances(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """Returns ||x_i - y_j||^2 = ||x_i||^2 - 2 x_i . y_j + ||y_j||^2 by one product of matrices, in full precision.

    Both are moved first, so that the mean of y is 0: without it, points far from 0 would lose the digits of their
    distances. What rounding leaves below 0 is 0.
    """
    centre = y.detach().mean(0)
    x, y = x - centre, y - centre
    with torch.autocast(x.device.type, enabled=False), full_float32():
        products = x @ y.T
    return (x.square().sum(1, keepdim=True) - 2 * products + y.square().sum(1)).clamp(min=0)


def means_of_others(square: Float[Tensor, "n n"]) -> Float[Tensor, " n"]:
    """Returns the mean of each row without its diagonal element."""
    return (square.sum(1) - square.diagonal()) / (len(square) - 1)
