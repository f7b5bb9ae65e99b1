"""The Fréchet distance between two sets of features."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.maths.sampling_error import standard_error
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.frechet_influence import frechet_influences
from gan_lab.metric.real_fake import RealFakeMetric
from gan_lab.metric.symmetric import add_gram_, congruence, mirrored
from gan_lab.runs.cache import Tensors

MOMENTS = Part("moments 1", "mean and covariance of real features, for FID")
"""What is kept of the real side."""


@final
class FrechetDistance(RealFakeMetric):
    """FID: |m₁ - m₂|² + tr S₁ + tr S₂ - 2 tr (S₁S₂)^½ of the features' means and unbiased covariances.

    This is the squared 2-Wasserstein distance between Gaussians with these moments; 0 is best. Heusel et al. 2017
    (arXiv 1706.08500). Compare only values of one extractor and one number of samples: values are in units of the
    features, and biased upwards by about c/N on each side.

    The states are n, Σ(x - c) and Σ(x - c)(x - c)ᵀ in float64, summed over ranks, where c is the real mean. The sum
    over ranks is the value of one process, and centring keeps the precision that a mean far from 0 would cost.

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

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        return {"fid": standard_error(*frechet_influences(self.real, self.factor, fake.features))}

    def _take_real(self, reference: Reference) -> None:
        d, device = self.real.shape[1], self.real.device
        stored = reference.remember(MOMENTS, lambda: moments(self.real))
        self.centre, self.factor = stored["centre"].to(device), stored["factor"].to(device)
        self.add_state("count", torch.zeros((), dtype=torch.int64, device=device), dist_reduce_fx="sum")
        self.add_state("total", torch.zeros(d, dtype=torch.float64, device=device), dist_reduce_fx="sum")
        self.add_state("outer", torch.zeros(d, d, dtype=torch.float64, device=device), dist_reduce_fx="sum")


def moments(features: Float[Tensor, "n d"]) -> Tensors:
    """Returns the `centre` of the features and a `factor` of their covariance, in float64."""
    centre = features.mean(0, dtype=torch.float64)
    return {"centre": centre, "factor": covariance_factor(features - centre)}


def frechet_distance(
    mean_1: Float[Tensor, " d"],
    factor_1: Float[Tensor, "d r"],
    mean_2: Float[Tensor, " d"],
    covariance_2: Float[Tensor, "d d"],
) -> Float[Tensor, ""]:
    """Returns |m₁ - m₂|² + tr S₁ + tr S₂ - 2 tr (S₁S₂)^½ where S₁ = factor_1 factor_1ᵀ; all in float64.

    For equal moments, rounding can make the value negative.
    """
    traces = factor_1.square().sum() + covariance_2.trace()
    return (mean_1 - mean_2).square().sum() + traces - 2.0 * trace_of_root(factor_1, covariance_2)


def trace_of_root(factor_1: Float[Tensor, "d r"], covariance_2: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    """Returns tr (S₁S₂)^½ where S₁ = F Fᵀ, as the sum of the roots of the eigenvalues of the symmetric Fᵀ S₂ F.

    F Fᵀ S₂ and Fᵀ S₂ F have the same eigenvalues except for zeros. If F are the centred samples, this is the nuclear
    norm of the product of both sides' centred features. It is several times faster and more accurate than the square
    root of the unsymmetric S₁S₂, which needs complex arithmetic and fails for singular matrices.
    """
    if len(factor_1) == factor_1.shape[1] and not factor_1.triu(1).any():
        product = congruence(factor_1, covariance_2)
    else:
        product = factor_1.T @ covariance_2 @ factor_1
    values = torch.linalg.eigvalsh(product)  # of the lower triangle
    # An eigenvalue of 0 is computed as ±1e-16 of the largest; its root would add 1e-8, and there may be hundreds.
    noise = len(values) * torch.finfo(values.dtype).eps * values[-1].clamp(min=0.0)
    return values.where(values > noise, 0.0).sqrt().sum()


def covariance_factor(centred: Float[Tensor, "n d"]) -> Float[Tensor, "d r"]:
    """Returns F such that F Fᵀ is the unbiased covariance of centred float64 samples.

    If there are no more samples than dimensions, F is the scaled samples (r = n). Otherwise it is the Cholesky factor,
    or, if constant dimensions make the covariance singular, one from its eigenvectors, which is lower triangular too.
    """
    n, d = centred.shape
    if n <= d:
        return centred.T / (n - 1) ** 0.5
    covariance = centred.new_zeros(d, d)
    add_gram_(covariance, centred)
    covariance /= n - 1
    # Both decompositions read only the lower triangle.
    factor, failure = torch.linalg.cholesky_ex(covariance)
    if failure:
        values, vectors = torch.linalg.eigh(covariance)
        factor = torch.linalg.qr((vectors * values.clamp(min=0.0).sqrt()).T).R.T.contiguous()
    return factor
