"""The shares of the classes among generated samples."""

from math import log
from typing import Literal, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.maths.sampling_error import deviations_of_counts
from gan_lab.metric.classified import logits_of, predicted_classes
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.inception_score import entropy
from gan_lab.metric.real_fake import RealFakeMetric


@final
class ClassBalance(RealFakeMetric):
    """Compares the shares q of predicted classes among generated samples with shares p.

    p are the shares of predicted classes among real samples, so that the classifier's mistakes affect both sides, or
    equal shares.

    `class_kl` is KL(q ‖ p) = Σ q log(q / p) in nats, `class_tv` the total variation Σ |q - p| / 2. Neither is 0 for a
    perfect generator. With k classes, n samples and known p, KL is (k - 1) / 2n on average. If p is a histogram of m
    real samples, it is (k - 1) / 2 · (1/n + 1/m), which is twice as much for m = n. A class without real samples would
    make KL infinite, so there it counts as half a sample of p.

    `class_least_share` is the smallest q. `classes_covered` is the number of classes with at least one sample; with an
    extractor for Stacked MNIST these are its modes (Lin et al. 2018, arXiv 1712.04086, with 26,000 samples).
    `class_entropy` is that of q in nats, at most log k. `class_confidence` is the mean over samples of the highest
    probability. It is low for images that resemble no class; compare it with that of real images, see `floor`.

    The states are counts and one sum in float64, exact over ranks.
    """

    needs_classes = True
    keys = ("class_kl", "class_tv", "class_least_share", "classes_covered", "class_confidence", "class_entropy")

    counts: Int[Tensor, " k"]
    confidence: Float[Tensor, ""]

    expected: Float[Tensor, " k"]
    """The shares p."""
    histogram: Float[Tensor, " k"] | None
    """The shares q, of all ranks, at the last `compute`."""

    def __init__(self, *, against: Literal["real", "uniform"] = "real") -> None:
        """`against` chooses the shares p: those of real samples, or equal ones."""
        super().__init__()
        self.against = against
        self.histogram = None

    def protocol(self) -> dict[str, str | int | float]:
        return {"class_balance_against": self.against}

    def update(self, fake: Features) -> None:
        highest, classes = logits_of(fake, "ClassBalance").double().softmax(1).max(1)
        self.counts = self.counts + torch.bincount(classes, minlength=len(self.counts))
        self.confidence = self.confidence + highest.sum()

    def compute(self) -> dict[str, float]:
        n = self.counts.sum()
        if n == 0:
            raise ValueError("shares of classes need 1 sample or more, not 0")
        self.histogram = self.counts / n.double()
        values = class_balance(self.counts, self._against) | {"class_confidence": (self.confidence / n).item()}
        return {key: values[key] for key in self.keys}

    def most(self) -> dict[str, float]:
        k = len(self.counts)
        return {"class_least_share": 1 / k, "classes_covered": float(k), "class_entropy": log(k)}

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        """Returns the deviations of all but the confidence, by halves of both sides; equal shares p have none."""
        counts = torch.bincount(predicted_classes(fake, "ClassBalance"), minlength=len(self.counts))
        if self.against == "uniform":
            return deviations_of_counts(lambda some: class_balance(some, self._against), counts)
        return deviations_of_counts(class_balance, counts, self._against)

    def _take_real(self, reference: Reference) -> None:
        classes = predicted_classes(reference.real, "ClassBalance")
        k = logits_of(reference.real, "ClassBalance").shape[1]
        counts = torch.bincount(classes, minlength=k)
        self._against = torch.ones_like(counts) if self.against == "uniform" else counts
        self.expected = self._against / self._against.sum().double()
        self.histogram = None
        self.add_state("counts", torch.zeros(k, dtype=torch.int64, device=counts.device), dist_reduce_fx="sum")
        self.add_state("confidence", torch.zeros((), dtype=torch.float64, device=counts.device), dist_reduce_fx="sum")


def class_balance(counts: Int[Tensor, " k"], against: Int[Tensor, " k"]) -> dict[str, float]:
    """Returns the values of `ClassBalance`, without the confidence, from counts of the classes on both sides."""
    q, p, least_half = (each / each.sum() for each in (counts.double(), against.double(), against.double().clamp(0.5)))
    values = {
        "class_kl": torch.xlogy(q, q / least_half).sum(),
        "class_tv": (q - p).abs().sum() / 2,
        "class_least_share": q.min(),
        "classes_covered": (counts > 0).sum(),
        "class_entropy": entropy(q),
    }
    return {name: float(value) for name, value in values.items()}
