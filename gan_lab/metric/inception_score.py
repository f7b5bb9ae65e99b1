"""The Inception score."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.maths.float64 import double
from gan_lab.maths.sampling_error import standard_error
from gan_lab.metric.classified import logits_of
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import GatheredMetric


@final
class InceptionScore(GatheredMetric):
    """IS = exp E_x KL(p(y|x) ‖ p(y)), where p(y|x) are the classifier's probabilities and p(y) is their mean.

    It lies between 1, if p(y|x) is the same for all images, and the number of classes, if the classifier is certain of
    every image and all classes are equally frequent. Salimans et al. 2016 (arXiv 1606.03498).

    `inception_score` is that of all samples together. `inception_score_10` is the mean over 10 consecutive parts of
    equal size (up to one sample), as in the paper; it is lower, since p(y) of a part is closer to the p(y|x) in it.
    Parts follow the order in which samples were added, rank by rank.

    The score does not use real images. So one perfect image per class has the maximum score, and a generator that
    reproduces unequal class frequencies of the data scores lower. The classifier is that of the extractor. Values of
    one classifier can be compared, but not with those in papers, which use Inception-v3.
    """

    needs_classes = True
    takes_any_classes = True

    def __init__(self, *, splits: PositiveInt = 10) -> None:
        """`splits` is the number of parts for the second value, and in its name."""
        super().__init__()
        self.splits = splits

    @property
    def keys(self) -> tuple[str, ...]:
        return ("inception_score", f"inception_score_{self.splits}")

    def least(self) -> dict[str, int]:
        return dict.fromkeys(self.keys, max(2, self.splits))

    def protocol(self) -> dict[str, str | int | float]:
        return {"inception_score_splits": self.splits}

    def compute(self) -> dict[str, float]:
        """Returns both scores. Raises ValueError if there are fewer samples than parts."""
        logits = self.gathered()
        if len(logits) < self.splits:
            raise ValueError(f"{len(logits)} samples cannot be split into the {self.splits} parts of {self.keys[1]}")
        parts = [inception_score(part) for part in logits.tensor_split(self.splits)]
        return dict(zip(self.keys, (inception_score(logits), sum(parts) / self.splits), strict=True))

    def most(self) -> dict[str, float]:
        return dict.fromkeys(self.keys, float(self._no_logits.shape[1]))

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        """Returns the deviation of the score of all samples, whose influences are IS · (- Σ p(y|x) log p(y) - H)."""
        logits = logits_of(fake, "InceptionScore").double()
        p = logits.softmax(1)
        divergence = -torch.xlogy(p, p.mean(0)).sum(1) - entropy(p)
        return {"inception_score": inception_score(logits) * standard_error(divergence)}

    def _kept(self, fake: Features) -> Tensor:
        return logits_of(fake, "InceptionScore")

    def _nothing(self) -> Tensor:
        return self._no_logits

    def _take_real(self, reference: Reference) -> None:
        self._no_logits = logits_of(reference.real, "InceptionScore")[:0]


def inception_score(logits: Float[Tensor, "n k"]) -> float:
    """Returns exp(H(mean of p) - mean of H(p)), with p the softmax of each row, in float64; the difference is the mean
    KL."""
    p = double(logits).softmax(1)
    return (entropy(p.mean(0)) - entropy(p).mean()).exp().item()


def entropy(p: Float[Tensor, " *b k"]) -> Float[Tensor, " *b"]:
    """Returns - Σ p log p over the last axis, in nats, with 0 log 0 = 0."""
    return torch.special.entr(p).sum(-1)
