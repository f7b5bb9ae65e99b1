"""Paths through the space of codes: pure functions of codes and their prior."""

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.maths.float64 import double, with_float64
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.uniform import Uniform
from gan_lab.types import Latent

REACH = 3.0
"""The number of standard deviations to either side in a traversal."""
STRAIGHT = 1e-6
"""The sine of the angle below which the path is a straight line."""


def interpolation(prior: LatentPrior, codes: Latent, steps: int) -> Latent:
    """Returns the path from each code to the next in `steps` codes, row after row, one row fewer than there are codes.

    A code of a Gaussian is mean + std e: means and standard deviations are interpolated linearly, and e along an arc,
    near which the prior's codes lie. Codes of a uniform prior are interpolated linearly. A code's component is that of
    the nearer end.
    """
    t = torch.linspace(0, 1, steps, dtype=torch.float64, device=with_float64(codes.z.device))
    if isinstance(prior, Uniform):
        z = straight(double(codes.z[:-1]), double(codes.z[1:]), t)
    else:
        middle, std, e = frame(prior, codes)
        z = straight(middle[:-1], middle[1:], t) + straight(std[:-1], std[1:], t) * slerp(e[:-1], e[1:], t)
    component = codes.component
    if component is not None:
        component = torch.where((t < 0.5).to(component.device), component[:-1, None], component[1:, None]).flatten()
    return Latent(z.flatten(0, 1).to(codes.z), component)


def traversal(prior: LatentPrior, code: Latent, rows: int, steps: int) -> Latent:
    """Returns rows of codes: in row i, coordinate i of the code varies in `steps` steps and the others are constant.

    It varies from -3 to 3 standard deviations of its Gaussian, or from -1 to 1 for a uniform prior. The code must have
    as many coordinates as there are rows, or more.
    """
    if isinstance(prior, Uniform):
        middle, std, e, reach = torch.zeros(()), torch.ones(()), double(code.z), 1.0
    else:
        middle, std, e = frame(prior, code)
        reach = REACH
    moved = e.expand(rows, steps, -1).clone()
    row = torch.arange(rows, device=e.device)
    moved[row, :, row] = torch.linspace(-reach, reach, steps, dtype=e.dtype, device=e.device)
    z = (middle.to(e) + std.to(e) * moved).flatten(0, 1)
    component = None if code.component is None else code.component.expand(rows * steps)
    return Latent(z.to(code.z), component)


def frame(prior: LatentPrior, codes: Latent) -> tuple[Tensor, Tensor, Float[Tensor, "n d"]]:
    """Returns mean, std and e with z = mean + std e, by the Gaussian of each code; in float64, in the codes' shape."""
    middle, std = (double(part).expand_as(codes.z) for part in prior.gaussian(codes))
    return middle, std, (double(codes.z) - middle) / std


def straight(
    first: Float[Tensor, "n d"], last: Float[Tensor, "n d"], t: Float[Tensor, " steps"]
) -> Float[Tensor, "n steps d"]:
    """Returns (1 - t) first + t last."""
    t = t[:, None]
    return (1 - t) * first[:, None] + t * last[:, None]


def slerp(
    first: Float[Tensor, "n d"], last: Float[Tensor, "n d"], t: Float[Tensor, " steps"]
) -> Float[Tensor, "n steps d"]:
    """Returns (sin((1 - t) w) first + sin(t w) last) / sin w, where w is the angle between the two.

    The norm is constant if both have the same norm. For equal or opposite directions, the path is a straight line.
    Source: Shoemake 1985; White 2016, arXiv 1609.04468.
    """
    norms = first.norm(dim=1) * last.norm(dim=1)
    cosine = ((first * last).sum(1) / norms).clamp(-1, 1)
    angle, share = cosine.acos()[:, None, None], t[:, None]
    sine = angle.sin()
    # Dividing first makes the factors exactly 1 and 0 at the ends.
    arc = ((1 - share) * angle).sin() / sine * first[:, None] + (share * angle).sin() / sine * last[:, None]
    return torch.where(sine > STRAIGHT, arc, straight(first, last, t))
