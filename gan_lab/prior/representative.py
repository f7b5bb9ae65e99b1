"""Codes that represent a latent distribution better than independent ones."""

import torch

from gan_lab.maths.float64 import double
from gan_lab.prior.base import LatentPrior
from gan_lab.types import Latent


@torch.no_grad()
def representative_codes(prior: LatentPrior, n: int, generator: torch.Generator) -> Latent:
    """Returns n codes or a few more with the moments of the prior: as many of each component, and where a code is
    z = mean + std e for those of its component, e has the mean 0 in each component and the covariance I in all.

    Of n independent codes these are off by about 1 / sqrt(n), and so is whatever is computed from the codes. There are
    at least four codes for each dimension and each component, so that the covariance has an inverse.
    """
    among = max(1, prior.components)
    n = among * -(-max(n, 4 * (prior.dim + among)) // among)
    component = torch.arange(n, device=generator.device) % among if prior.components else None
    latent = prior.sample(n, generator, component)
    mean, std = prior.moments(latent)
    e = double((latent.z - mean) / std).view(-1, among, prior.dim)
    e = (e - e.mean(0)).flatten(0, 1)
    root = torch.linalg.cholesky(e.T @ e / n)
    e = torch.linalg.solve_triangular(root, e.T, upper=False).T
    return Latent((double(mean) + double(std) * e).to(latent.z), latent.component)
