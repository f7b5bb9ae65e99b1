"""The influence of each sample on the Fréchet distance."""

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.metric.symmetric import add_gram_, mirrored

ROWS = 4096
"""The number of samples that are multiplied at once."""


def frechet_influences(
    real: Float[Tensor, "n d"], factor: Float[Tensor, "d r"], fake: Float[Tensor, "m d"]
) -> tuple[Float[Tensor, " n"], Float[Tensor, " m"]]:
    """Returns the derivative of the Fréchet distance with respect to the weight of each real and each fake sample, up
    to a constant on each side, in float64.

    With means m₁, m₂ and covariances S₁ = FFᵀ, where F is `factor`, and S₂, let FᵀS₂F = VΛVᵀ. Then they are

        fake:  2 (m₂ - m₁)·u + |u|² - |Bᵀu|²   with u = y - m₂ and B = F V Λ^-¼
        real:  2 (m₁ - m₂)·u + |u|² - |Cᵀu|²   with u = x - m₁ and C = S₂ F V Λ^-¾

    because BBᵀ and CCᵀ are the derivatives of 2 tr (S₁S₂)^½ by S₂ and by S₁: the optimal transport of one Gaussian to
    the other, and its inverse. Eigenvalues that are 0 up to rounding are left out. Rippl, Munk & Sturm 2016 (arXiv
    1507.04090) prove that the distance is asymptotically normal, with the variance of these influences.
    """
    mean_1, mean_2 = real.mean(0, dtype=torch.float64), fake.mean(0, dtype=torch.float64)
    x, y = real - mean_1, fake - mean_2
    covariance = y.new_zeros(y.shape[1], y.shape[1])
    add_gram_(covariance, y)
    mapped = mirrored(covariance) @ factor / (len(y) - 1)
    values, vectors = torch.linalg.eigh(factor.T @ mapped)
    kept = values > len(values) * torch.finfo(values.dtype).eps * values[-1].clamp(min=0.0)
    values, vectors = values[kept], vectors[:, kept]
    shift = 2 * (mean_2 - mean_1)
    return (
        _influences(x, -shift, mapped @ (vectors * values**-0.75)),
        _influences(y, shift, factor @ (vectors * values**-0.25)),
    )


def _influences(u: Float[Tensor, "n d"], shift: Float[Tensor, " d"], root: Float[Tensor, "d r"]) -> Float[Tensor, " n"]:
    return torch.cat([part @ shift + part.square().sum(1) - (part @ root).square().sum(1) for part in u.split(ROWS)])
