"""Paths through the space of codes: pure functions of codes and their prior."""

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.prior.base import LatentPrior
from gan_lab.prior.uniform import Uniform
from gan_lab.types import Latent

REACH = 3.0
"""Standard deviations to either side."""
STRAIGHT = 1e-6
"""Sine of the angle below which no arc is defined."""


def interpolation(prior: LatentPrior, codes: Latent, steps: int) -> Latent:
    """Returns the path from each code to the next in `steps` codes, row after row, one row fewer than there are codes.

    A code of a Gaussian is mean + std e: means and deviations go in a straight line, e on an arc, where the prior's
    codes lie. Those of a uniform prior go in a straight line. Codes with a component get that of the nearer end.
    """
    t = torch.linspace(0, 1, steps, dtype=torch.float64, device=codes.z.device)
    if isinstance(prior, Uniform):
        z = straight(codes.z[:-1].double(), codes.z[1:].double(), t)
    else:
        middle, std, e = frame(prior, codes)
        z = straight(middle[:-1], middle[1:], t) + straight(std[:-1], std[1:], t) * slerp(e[:-1], e[1:], t)
    component = codes.component
    if component is not None:
        component = torch.where(t < 0.5, component[:-1, None], component[1:, None]).flatten()
    return Latent(z.flatten(0, 1).to(codes.z.dtype), component)


def traversal(prior: LatentPrior, code: Latent, rows: int, steps: int) -> Latent:
    """Returns rows of codes: in row i, coordinate i of the code varies in `steps` steps and the others are constant.

    It varies from -3 to 3 standard deviations of its Gaussian, or from -1 to 1 for a uniform prior. The code must have
    as many coordinates as there are rows, or more.
    """
    if isinstance(prior, Uniform):
        middle, std, e, reach = torch.zeros(()), torch.ones(()), code.z.double(), 1.0
    else:
        middle, std, e = frame(prior, code)
        reach = REACH
    moved = e.expand(rows, steps, -1).clone()
    row = torch.arange(rows, device=e.device)
    moved[row, :, row] = torch.linspace(-reach, reach, steps, dtype=e.dtype, device=e.device)
    z = (middle.to(e) + std.to(e) * moved).flatten(0, 1)
    component = None if code.component is None else code.component.expand(rows * steps)
    return Latent(z.to(code.z.dtype), component)


def frame(prior: LatentPrior, codes: Latent) -> tuple[Tensor, Tensor, Float[Tensor, "n d"]]:
    """Returns mean, std and e with z = mean + std e, by the Gaussian of each code; in float64, in the codes' shape."""
    middle, std = (part.double().expand_as(codes.z) for part in prior.gaussian(codes))
    return middle, std, (codes.z.double() - middle) / std


def straight(
    first: Float[Tensor, "n d"], last: Float[Tensor, "n d"], t: Float[Tensor, " steps"]
) -> Float[Tensor, "n steps d"]:
    """(1 - t) first + t last."""
    t = t[:, None]
    return (1 - t) * first[:, None] + t * last[:, None]


def slerp(
    first: Float[Tensor, "n d"], last: Float[Tensor, "n d"], t: Float[Tensor, " steps"]
) -> Float[Tensor, "n steps d"]:
    """(sin((1 - t) w) first + sin(t w) last) / sin w, w the angle between the two: keeps the norm where both have the
    same. Straight where they point the same or opposite ways. Source: Shoemake 1985; White 2016, arXiv 1609.04468."""
    norms = first.norm(dim=1) * last.norm(dim=1)
    cosine = ((first * last).sum(1) / norms).clamp(-1, 1)
    angle, share = cosine.acos()[:, None, None], t[:, None]
    sine = angle.sin()
    # Divided first: at the ends the shares are then 1 and 0 to the last bit.
    arc = ((1 - share) * angle).sin() / sine * first[:, None] + (share * angle).sin() / sine * last[:, None]
    return torch.where(sine > STRAIGHT, arc, straight(first, last, t))
