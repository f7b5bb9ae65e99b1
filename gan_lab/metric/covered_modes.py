"""The number of covered modes, without those that only the classifier's misreadings suggest."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.classified import logits_of, predicted_classes
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import RealFakeMetric, TooAlikeError

PRIOR = 0.5
"""Readings that are added to each cell of a confusion, so that what was never misread still may be."""


@final
class CoveredModes(RealFakeMetric):
    """`classes_covered_corrected`: the number of modes that occur more often than misreadings of others explain.

    A mode is a tuple of classes, one for each of c independent channels, as three digits in Stacked MNIST. A classifier
    that reads a channel rightly with probability .988 misreads 3.4 % of the triples, so that of 26,000 images some 900
    are counted for other modes, and `classes_covered` (`ClassBalance`) counts modes that the generator has not got. For
    real triples of 500 modes, chosen at random, that number is 774 to 820, and this one 500 to 502. Papers report the
    former; compare it with theirs, and this one with the truth.

    C is the probability that class a of a channel is read as b, estimated from the labels of the real images of the
    comparison, over all channels; half a reading is added to each of its cells. From the counts N of read modes, the
    expected counts T of true ones solve T (C ⊗ ... ⊗ C) = N, with 0 in the place of negative values. Misreadings of
    other modes make λ = Σ_{i≠m} Tᵢ P(i is read as m) of the readings of a mode m, and m is covered if
    P(X ≥ N_m) < 1/k for X ~ Poisson(λ), where k is the number of modes: on average, less than one of the modes that are
    not there is counted. This is a method of this project.

    A mode with one or two samples is not told from a misreading, so use some 26 samples for each mode, as is usual:
    with 10, real images miss some of 1,000 modes. It is assumed that generated digits are misread as real ones are.

    The state is the histogram of read modes, summed over ranks.
    """

    needs_classes = True
    uses_labels = True
    needs_real_labels = True
    keys = ("classes_covered_corrected",)

    counts: Int[Tensor, " k"]

    def __init__(self, *, channels: PositiveInt = 3) -> None:
        """`channels` is the number of classes in a mode; the last one changes fastest in the index of the mode."""
        super().__init__()
        self.channels = channels

    def update(self, fake: Features) -> None:
        classes = predicted_classes(fake, "CoveredModes")
        self.counts = self.counts + torch.bincount(classes, minlength=len(self.counts))

    def compute(self) -> dict[str, float]:
        return {"classes_covered_corrected": float(covered(self.counts, self._confusion, self.channels).sum())}

    def _take_real(self, reference: Reference) -> None:
        found = predicted_classes(reference.real, "CoveredModes")
        if reference.real.label is None:
            raise TooAlikeError("the real images have no labels that tell how often the classifier misreads them")
        k = logits_of(reference.real, "CoveredModes").shape[1]
        classes = round(k ** (1 / self.channels))
        if classes**self.channels != k:
            raise ValueError(f"{k} modes are not tuples of classes in {self.channels} channels: change channels")
        self._confusion = confusion(reference.real.label, found, classes, self.channels)
        self.add_state("counts", torch.zeros(k, dtype=torch.int64, device=found.device), dist_reduce_fx="sum")


def confusion(label: Int[Tensor, " n"], found: Int[Tensor, " n"], classes: int, channels: int) -> Float[Tensor, "a a"]:
    """Returns P(a is read as b) of a channel from the true and the read modes of images."""
    places = classes ** torch.arange(channels, device=label.device)
    truth, read = (modes[:, None] // places % classes for modes in (label, found))
    readings = torch.bincount((truth * classes + read).flatten(), minlength=classes**2).double() + PRIOR
    table = readings.view(classes, classes)
    return table / table.sum(1, keepdim=True)


def covered(counts: Int[Tensor, " k"], confusion: Float[Tensor, "a a"], channels: int) -> Tensor:
    """Returns which modes occur more often than misreadings explain, from the counts of read modes."""
    from scipy.stats import poisson  # slow to import, and nothing before the first evaluation needs it

    truth = by_channel(counts.double(), torch.linalg.inv(confusion), channels).clamp(min=0.0)
    kept = by_channel(torch.ones_like(truth), confusion.diag().diag(), channels)
    misread = (by_channel(truth, confusion, channels) - truth * kept).clamp(min=0.0)
    by_chance = poisson.sf(counts.cpu().numpy() - 1, misread.cpu().numpy())
    return torch.from_numpy(by_chance < 1 / len(counts))


def by_channel(counts: Float[Tensor, " k"], matrix: Float[Tensor, "a a"], channels: int) -> Float[Tensor, " k"]:
    """Returns counts (M ⊗ ... ⊗ M), with one factor M for each channel."""
    table = counts.view((len(matrix),) * channels)
    for _ in range(channels):  # each turn multiplies the first axis and makes it the last
        table = torch.tensordot(table, matrix, dims=([0], [0]))
    return table.flatten()
