"""How sure a classifier is of each image, and how unsure of the next one."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.classified import logits_of
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import GatheredMetric


@final
class InceptionScore(GatheredMetric):
    """IS: exp E_x KL(p(y|x) ‖ p(y)), where p(y|x) are the classifier's probabilities and p(y) is their mean over the
    samples: from 1, every image judged alike, to the number of classes, each image surely of one class and all classes
    equally often. Salimans et al. 2016 (arXiv 1606.03498).

    `inception_score` is that of all samples at once; `inception_score_10` is the mean over 10 consecutive parts of
    equal size (to one sample), as in the paper, and lower: p(y) of a part is nearer to the part's own images. Parts
    follow the order in which samples were added, rank by rank.

    It never looks at real images: one flawless image per class scores the maximum, and classes that are unequally
    frequent in the data are held against a generator that reproduces them. The classifier is whichever the extractor
    has: values of one classifier can be compared, and none with the papers', which used Inception-v3.
    """

    def __init__(self, *, splits: PositiveInt = 10) -> None:
        """`splits`: the parts of the second value, whose name carries it. Raises ValueError for fewer than one."""
        if splits < 1:
            raise ValueError(f"splits is {splits} and must be 1 or more")
        super().__init__()
        self.splits = splits

    @property
    def keys(self) -> tuple[str, ...]:
        return ("inception_score", f"inception_score_{self.splits}")

    def protocol(self) -> dict[str, str | int | float]:
        return {"inception_score_splits": self.splits}

    def compute(self) -> dict[str, float]:
        """Raises ValueError for fewer samples than parts: a mean over fewer parts is another quantity."""
        logits = self.gathered()
        if len(logits) < self.splits:
            raise ValueError(f"{len(logits)} samples cannot be split into the {self.splits} parts of {self.keys[1]}")
        parts = [inception_score(part) for part in logits.tensor_split(self.splits)]
        return dict(zip(self.keys, (inception_score(logits), sum(parts) / self.splits), strict=True))

    def _kept(self, fake: Features) -> Tensor:
        return logits_of(fake, "InceptionScore")

    def _nothing(self) -> Tensor:
        return self._no_logits

    def _take_real(self, reference: Reference) -> None:
        self._no_logits = logits_of(reference.real, "InceptionScore")[:0]


def inception_score(logits: Float[Tensor, "n k"]) -> float:
    """exp(H(mean of p) - mean of H(p)) with p the softmax of each row, in float64: the mean KL is that difference."""
    p = logits.double().softmax(1)
    return (entropy(p.mean(0)) - entropy(p).mean()).exp().item()


def entropy(p: Float[Tensor, " *b k"]) -> Float[Tensor, " *b"]:
    """- Σ p log p over the last axis, in nats; 0 log 0 is 0."""
    return torch.special.entr(p).sum(-1)
