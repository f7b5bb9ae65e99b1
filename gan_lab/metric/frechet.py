"""The Fréchet distance between two clouds of features."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import RealFakeMetric
from gan_lab.metric.symmetric import add_gram_, congruence, mirrored
from gan_lab.runs.cache import Tensors


@final
class FrechetDistance(RealFakeMetric):
    """FID: |m₁ - m₂|² + tr S₁ + tr S₂ - 2 tr (S₁S₂)^½ of the features' means and unbiased covariances.

    The squared 2-Wasserstein distance between the Gaussians of the same moments: 0 is best. Heusel et al.
    2017 (arXiv 1706.08500). In the units of the features: compare values of one extractor and one number of
    samples only, for the estimate is biased upwards by about c/N on each side.

    The states are n, Σ(x - c) and Σ(x - c)(x - c)ᵀ in float64, summed over ranks, where c is the real mean:
    shards added up give what one pass gives, and centring keeps the digits that a mean far from 0 would
    cost.

    *Deviations:* no matrix square root and no multiple of the identity added, see `trace_of_root`.
    """

    keys = ("fid",)

    count: Int[Tensor, ""]
    total: Float[Tensor, " d"]
    outer: Float[Tensor, "d d"]

    def update(self, fake: Features) -> None:
        centred = fake.features - self.centre  # in float64, as the centre is
        self.count += len(fake)
        self.total += centred.sum(0)
        add_gram_(self.outer, centred)

    def compute(self) -> dict[str, float]:
        if self.count < 2:
            raise ValueError(f"a covariance needs 2 samples or more, not {self.count.item()}")
        mean = self.total / self.count
        covariance = (mirrored(self.outer) - self.count * torch.outer(mean, mean)) / (self.count - 1)
        distance = frechet_distance(torch.zeros_like(mean), self.factor, mean, covariance)
        return {"fid": max(0.0, distance.item())}  # equal moments may end a rounding error below 0

    def _take_real(self, reference: Reference) -> None:
        d, device = self.real.shape[1], self.real.device
        stored = reference.remember("moments", lambda: moments(self.real))
        self.centre, self.factor = stored["centre"].to(device), stored["factor"].to(device)
        self.add_state("count", torch.zeros((), dtype=torch.int64, device=device), dist_reduce_fx="sum")
        self.add_state("total", torch.zeros(d, dtype=torch.float64, device=device), dist_reduce_fx="sum")
        self.add_state("outer", torch.zeros(d, d, dtype=torch.float64, device=device), dist_reduce_fx="sum")


def moments(features: Float[Tensor, "n d"]) -> Tensors:
    """The `centre` of the features and a `factor` of their covariance, in float64."""
    centre = features.mean(0, dtype=torch.float64)
    return {"centre": centre, "factor": covariance_factor(features - centre)}


def frechet_distance(
    mean_1: Float[Tensor, " d"],
    factor_1: Float[Tensor, "d r"],
    mean_2: Float[Tensor, " d"],
    covariance_2: Float[Tensor, "d d"],
) -> Float[Tensor, ""]:
    """|m₁ - m₂|² + tr S₁ + tr S₂ - 2 tr (S₁S₂)^½ where S₁ = factor_1 factor_1ᵀ; all in float64.

    Equal moments may give a value below 0 by rounding.
    """
    traces = factor_1.square().sum() + covariance_2.trace()
    return (mean_1 - mean_2).square().sum() + traces - 2.0 * trace_of_root(factor_1, covariance_2)


def trace_of_root(factor_1: Float[Tensor, "d r"], covariance_2: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    """tr (S₁S₂)^½ where S₁ = F Fᵀ: the sum of the roots of the eigenvalues of the symmetric Fᵀ S₂ F.

    F Fᵀ S₂ and Fᵀ S₂ F have the same eigenvalues but for zeros. With F from the samples themselves this is
    the nuclear norm of the product of both sides' centred features. Several times faster and more accurate
    than the square root of the unsymmetric S₁S₂, which needs complex arithmetic and fails on a singular
    matrix.
    """
    if len(factor_1) == factor_1.shape[1] and not factor_1.triu(1).any():
        product = congruence(factor_1, covariance_2)
    else:
        product = factor_1.T @ covariance_2 @ factor_1
    values = torch.linalg.eigvalsh(product)  # of the lower triangle
    # A true 0 comes out as ±1e-16 of the largest: its root would count as 1e-8, hundreds of times over.
    noise = len(values) * torch.finfo(values.dtype).eps * values[-1].clamp(min=0.0)
    return values.where(values > noise, 0.0).sqrt().sum()


def covariance_factor(centred: Float[Tensor, "n d"]) -> Float[Tensor, "d r"]:
    """F with F Fᵀ = the unbiased covariance of centred float64 samples.

    The samples themselves where there are no more of them than dimensions (r = n, and the covariance is
    singular); otherwise the Cholesky factor, or, where dead dimensions make the covariance singular, the
    one from its eigenvectors.
    """
    n, d = centred.shape
    if n <= d:
        return centred.T / (n - 1) ** 0.5
    covariance = centred.new_zeros(d, d)
    add_gram_(covariance, centred)
    covariance /= n - 1
    # Both decompositions read the lower triangle alone.
    factor, failure = torch.linalg.cholesky_ex(covariance)
    if failure:
        values, vectors = torch.linalg.eigh(covariance)
        factor = vectors * values.clamp(min=0.0).sqrt()
    return factor
