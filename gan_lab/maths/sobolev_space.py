"""Sobolev norms of images and their dual norms, which Banach Wasserstein GANs use."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.domains import Exponent, conform

STRENGTH = 5.0
"""c: how much more the highest frequency counts than the lowest."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SobolevSpace:
    """W^{s,p}:  ||x||_{s,p} = ||L^s x||_p  and its dual  ||g||_* = ||L^-s g||_q,  1/p + 1/q = 1.

    L^s is `bessel`; the p-norms are sums over pixels and channels. Gradients with respect to an image are measured with
    the dual norm, which is the largest <g, x> among images with ||x||_{s,p} = 1. With s < 0 the norm mainly depends on
    large shapes, with s > 0 on edges; with large p on the pixels that differ most. s = 0 is L^p, for which samples need
    not be images. Source: Adler & Lunz 2018, arXiv 1806.06621.
    """

    s: float
    p: Exponent

    def __post_init__(self) -> None:
        conform(self.s, float, "SobolevSpace.s")
        conform(self.p, Exponent, "SobolevSpace.p")

    @property
    def q(self) -> float:
        """The dual exponent."""
        if self.p == 1:
            return inf
        return 1.0 if self.p == inf else self.p / (self.p - 1)

    def norm(self, x: Float[Tensor, " b *shape"]) -> Float[Tensor, " b"]:
        """Returns ||x||_{s,p} of each sample."""
        return power_norm(bessel(x, self.s).flatten(1), self.p)

    def dual_norm(self, g: Float[Tensor, " b *shape"]) -> Float[Tensor, " b"]:
        """Returns ||g||_* of each sample."""
        return power_norm(bessel(g, -self.s).flatten(1), self.q)


def bessel(x: Float[Tensor, " b *shape"], s: float) -> Float[Tensor, " b *shape"]:
    """Returns L^s x = F^-1[(1 + c |xi|^2)^{s/2} F x] of each channel, with xi_i = min(i, n - i) / floor(n / 2).

    F is the two-dimensional Fourier transform, and xi has a component for each side, of n pixels. So |xi|^2 runs from 0
    (a constant image) to 2; c = 5. The filter is real and even, so images stay real and half of the transform is
    enough.
    """
    if s == 0:
        return x
    height, width = x.shape[-2:]
    rows = torch.fft.fftfreq(height, dtype=x.dtype, device=x.device) * height / max(height // 2, 1)
    columns = torch.fft.rfftfreq(width, dtype=x.dtype, device=x.device) * width / max(width // 2, 1)
    response = (1 + STRENGTH * (rows[:, None].square() + columns.square())) ** (s / 2)
    return torch.fft.irfft2(response * torch.fft.rfft2(x), s=(height, width))


def power_norm(x: Float[Tensor, "b n"], p: float) -> Float[Tensor, " b"]:
    """Returns (sum |x_i|^p)^(1/p), or max |x_i| for p = inf, of each row; the gradient at zero is zero.

    The norm is computed of x divided by its largest entry, since powers of small numbers would underflow.
    """
    largest = x.detach().abs().amax(1, keepdim=True).clamp_min(torch.finfo(x.dtype).tiny)
    return largest.squeeze(1) * torch.linalg.vector_norm(x / largest, p, dim=1)


def mean_norm(norm: Callable[[Tensor], Tensor], train: Samples) -> Float[Tensor, ""]:
    """Returns the mean norm of 2,000 to 4,000 evenly spaced training samples, or of all if there are fewer."""
    chosen = torch.arange(0, len(train), max(1, len(train) // 2000), device=train.values.device)
    return norm(train.batch(chosen).images).mean()
