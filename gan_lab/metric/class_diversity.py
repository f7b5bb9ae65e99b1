"""The diversity of generated samples within classes, and the separation of classes."""

from math import inf
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.classified import logits_of, predicted_classes
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import RealFakeMetric, TooAlikeError


@final
class ClassDiversity(RealFakeMetric):
    """Σ over classes c of p_c · tr Cov(features of generated samples of class c) / tr Cov(those of real ones).

    p_c is the share of class c among the real samples. Classes are predicted on both sides, and covariances are
    unbiased. The value is 1 if samples vary within each class as much as real ones, and 0 if each class has one image,
    which neither the Inception score nor class balance would show. With `mnistcnn-v1`, digits blurred by 3×3 score
    0.56, and digits with noise of 0.24 of the range 0.65, since the corruption makes them similar.

    A class with fewer than 2 generated samples counts as 0. But a few misclassified samples vary as much as a whole
    class (0.74 if five of ten digits are missing), so look at `ClassBalance` too. A class whose real samples do not
    vary, or are fewer than 2, is left out, and p is normalised over the others. With few real samples per class, the
    ratio is biased upwards, like the mean of 1 / x.

    `class_separation` is Fisher's ratio Σ n_c |m_c - m|² / Σ |x - m_c|² of the generated samples over all classes c,
    with n_c samples of mean m_c. `Components` computes the same over the components of a mixture. It grows when classes
    move apart and when they lose variety, so compare it with the floor. Without variety it is infinite except for
    rounding errors; without samples it is 0.

    The states are n, Σ(x - m_c) and Σ|x - m_c|² of each class in float64, where m_c is the real mean of the class. They
    are sums, which are exact over ranks, and centred, which keeps precision.
    """

    needs_classes = True
    keys = ("class_diversity", "class_separation")

    count: Int[Tensor, " k"]
    total: Float[Tensor, "k d"]
    squares: Float[Tensor, " k"]

    def update(self, fake: Features) -> None:
        count, total, squares = sums_by_class(fake.features, predicted_classes(fake, "ClassDiversity"), self.centres)
        self.count = self.count + count
        self.total = self.total + total
        self.squares = self.squares + squares

    def compute(self) -> dict[str, float]:
        traces = traces_of_covariance(self.count, self.total, self.squares)
        separation = separation_of(self.count, self.centres + self.total / self.count.clamp(min=1)[:, None], traces)
        return {"class_diversity": (self.weights * traces).sum().item(), "class_separation": separation}

    def _take_real(self, reference: Reference) -> None:
        classes = predicted_classes(reference.real, "ClassDiversity")
        k, (_, d) = logits_of(reference.real, "ClassDiversity").shape[1], self.real.shape
        zeros = torch.zeros(k, d, dtype=torch.float64, device=self.real.device)
        count, total, _ = sums_by_class(self.real, classes, zeros)
        self.centres = total / count.clamp(min=1)[:, None]
        traces = traces_of_covariance(*sums_by_class(self.real, classes, self.centres))
        if not traces.any():
            raise TooAlikeError("a class with two different real samples is needed")
        share = count.where(traces > 0, 0).double()
        self.weights = share / share.sum() / traces.where(traces > 0, 1.0)
        self.add_state("count", torch.zeros_like(count), dist_reduce_fx="sum")
        self.add_state("total", zeros, dist_reduce_fx="sum")
        self.add_state("squares", zeros[:, 0].clone(), dist_reduce_fx="sum")


def sums_by_class(
    features: Float[Tensor, "n d"], classes: Int[Tensor, " n"], centres: Float[Tensor, "k d"]
) -> tuple[Int[Tensor, " k"], Float[Tensor, "k d"], Float[Tensor, " k"]]:
    """Returns n, Σ(x - m_c) and Σ|x - m_c|² of each class c, with m_c its row of `centres`; in float64."""
    centred = features.double() - centres[classes]
    count = torch.bincount(classes, minlength=len(centres))
    total = torch.zeros_like(centres).index_add(0, classes, centred)
    return count, total, torch.zeros_like(centres[:, 0]).index_add(0, classes, centred.square().sum(1))


def traces_of_covariance(
    count: Int[Tensor, " k"], total: Float[Tensor, "k d"], squares: Float[Tensor, " k"]
) -> Float[Tensor, " k"]:
    """Returns the trace of the unbiased covariance of each class, from its sums; 0 for fewer than two samples."""
    within = squares - total.square().sum(1) / count.clamp(min=1)
    return (within / (count - 1).clamp(min=1)).clamp(min=0.0).where(count > 1, 0.0)


def separation_of(count: Int[Tensor, " k"], means: Float[Tensor, "k d"], traces: Float[Tensor, " k"]) -> float:
    """Returns Fisher's ratio from the size, mean and trace of covariance of each class."""
    mean = (count[:, None] * means).sum(0) / count.sum().clamp(min=1)
    between = (count * (means - mean).square().sum(1)).sum().item()
    within = ((count - 1).clamp(min=0) * traces).sum().item()
    return between / within if within > 0 else inf if between > 0 else 0.0
