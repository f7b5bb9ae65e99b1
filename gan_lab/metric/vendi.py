"""The Vendi score: how many different images there are, in effect."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.inception_score import entropy
from gan_lab.metric.real_fake import RealFakeMetric
from gan_lab.metric.symmetric import add_gram_, mirrored


@final
class Vendi(RealFakeMetric):
    """`vendi`: VS = exp(- Σ λᵢ log λᵢ), with λᵢ the eigenvalues of K/n, the exponential of a Shannon entropy.

    K is the n x n matrix of the kernel k(x, y) = x·y / (|x| |y|), the cosine of two images' features. VS is the
    effective number of different images, from 1, if all features have one direction, to the smaller of n and d, if
    directions are orthogonal and equally frequent. It uses no real images and does not judge quality: noise can have a
    higher score than images. So compare it with that of real images, see `floor`, of one extractor and equally many
    images. Friedman & Dieng 2023 (arXiv 2210.02410).

    With d features, K/n has the same eigenvalues as the d x d matrix Σ x̂x̂ᵀ / n of the features x̂ = x / |x|, except for
    zeros. So the states are n and Σ x̂x̂ᵀ in float64, summed over ranks, for any number of images.

    *Deviations:* none where no features are 0. Such features have no direction: they count as equal to each other and
    as orthogonal to all others, so that k(x, x) = 1 holds for them too.
    """

    keys = ("vendi",)

    count: Int[Tensor, ""]
    outer: Float[Tensor, "d d"]

    def protocol(self) -> dict[str, str | int | float]:
        return {"vendi_kernel": "cosine"}

    def update(self, fake: Features) -> None:
        features = fake.features.double()
        norms = features.norm(dim=1, keepdim=True)
        self.count += len(fake)
        add_gram_(self.outer, features / norms.where(norms > 0, 1.0))

    def compute(self) -> dict[str, float]:
        if self.count < 1:
            raise ValueError("a Vendi score needs 1 sample or more, not 0")
        values = torch.linalg.eigvalsh(mirrored(self.outer) / self.count).clamp(min=0.0)
        without_direction = (1.0 - values.sum()).clamp(min=0.0)  # the share of features that are 0
        return {"vendi": entropy(torch.cat([values, without_direction[None]])).exp().item()}

    def _take_real(self, reference: Reference) -> None:
        d, device = self.real.shape[1], self.real.device
        self.add_state("count", torch.zeros((), dtype=torch.int64, device=device), dist_reduce_fx="sum")
        self.add_state("outer", torch.zeros(d, d, dtype=torch.float64, device=device), dist_reduce_fx="sum")
