"""Agreement of the components of a mixture, or of requested classes, with predicted classes of images."""

from math import inf
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.classified import predicted_classes
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.inception_score import entropy
from gan_lab.metric.real_fake import GatheredMetric


@final
class Components(GatheredMetric):
    """Compares the component that each sample was drawn for (`Features.label`) with its predicted class.

    From the confusion matrix of components and classes: `cluster_accuracy` is the share of samples in the best
    one-to-one assignment of components to classes; it cannot reach 1 if there are more components than classes.
    `cluster_purity` is the share of samples in the majority class of their component; it is also 1 if all components
    generate the same class. `cluster_nmi` is I(component; class) / ((H(component) + H(class)) / 2), or 1 if both are
    constant. Source for clustering by GM-GAN: Ben-Yosef and Weinshall 2018 (arXiv 1808.10356).

    `separation` is Fisher's ratio Σ n_c |m_c - m|² / Σ |x - m_c|² of the features x over components c, with n_c samples
    of mean m_c. It is 0 if all components have the same mean, and infinite if each generates a single image. It also
    grows when components lose variety, so compare it with the floor, where labels are the true classes of real images.

    Samples without labels are not counted; if none has a label, there are no values. `fake` contains the label, class
    and features of each sample as one row in float64.
    """

    needs_classes = True
    uses_labels = True
    keys = ("cluster_accuracy", "cluster_purity", "cluster_nmi", "separation")

    confusion: Int[Tensor, "components classes"] | None
    """The number of samples of each component in each class, of all ranks, at the last `compute`; row i is label i.
    It is None without labels."""

    def __init__(self) -> None:
        super().__init__()
        self.confusion = None

    def compute(self) -> dict[str, float]:
        self.confusion = None
        rows = self.gathered()
        if not len(rows):
            return {}
        label, found, features = rows[:, 0].long(), rows[:, 1].long(), rows[:, 2:]
        self.confusion = confusion_matrix(label, found, self._classes)
        values = (*agreement(self.confusion), separation(features, label))
        return dict(zip(self.keys, values, strict=True))

    def _kept(self, fake: Features) -> Tensor:
        if fake.label is None:
            return self._nothing()
        found = predicted_classes(fake, "Components")
        pairs = torch.stack([fake.label, found], 1).double()
        return torch.cat([pairs, fake.features.double()], 1)

    def _nothing(self) -> Tensor:
        return self.real.new_empty(0, 2 + self.real.shape[1], dtype=torch.float64)

    def _take_real(self, reference: Reference) -> None:
        predicted_classes(reference.real, "Components")
        assert reference.real.logits is not None
        self._classes = reference.real.logits.shape[1]
        self.confusion = None


def confusion_matrix(label: Int[Tensor, " n"], found: Int[Tensor, " n"], classes: int) -> Int[Tensor, "components k"]:
    """Returns how often label i and class j occur together; there are as many rows as the largest label needs."""
    components = int(label.max()) + 1
    return torch.bincount(label * classes + found, minlength=components * classes).view(components, classes)


def agreement(matrix: Int[Tensor, "components classes"]) -> tuple[float, float, float]:
    """Returns accuracy of the best assignment, purity and normalised mutual information of a confusion matrix."""
    from scipy.optimize import linear_sum_assignment  # slow to import, and nothing before the first evaluation needs it

    counts = matrix.double().cpu()
    n = counts.sum()
    pairs = linear_sum_assignment(counts.numpy(), maximize=True)
    accuracy = counts[pairs].sum() / n
    purity = counts.max(1).values.sum() / n
    joint = counts / n
    of_component, of_class = entropy(joint.sum(1)), entropy(joint.sum(0))
    mutual = (of_component + of_class - entropy(joint.flatten())).clamp(min=0.0)
    mean = (of_component + of_class) / 2
    return accuracy.item(), purity.item(), (mutual / mean).item() if mean > 0 else 1.0


def separation(features: Float[Tensor, "n d"], groups: Int[Tensor, " n"]) -> float:
    """Returns Σ n_c |m_c - m|² / Σ |x - m_c|² over groups c.

    Features are float64 with the precision of float32, so a sum that is not above their rounding errors counts as 0.
    The ratio is infinite if only the denominator is 0, and 0 if both are.
    """
    count = torch.bincount(groups)
    means = features.new_zeros(len(count), features.shape[1]).index_add(0, groups, features)
    means = means / count.clamp(min=1)[:, None]
    between = (count * (means - features.mean(0)).square().sum(1)).sum()
    within = (features - means[groups]).square().sum()
    noise = (8 * torch.finfo(torch.float32).eps) ** 2 * features.square().sum()
    if between <= noise:
        return 0.0
    return (between / within).item() if within > noise else inf
