"""More measures of the agreement of components with predicted classes, of a mixture or of any model with codes."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.metric.classified import logits_of, predicted_classes
from gan_lab.metric.components import confusion_matrix
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.inception_score import entropy
from gan_lab.metric.real_fake import GatheredMetric


@final
class Clusters(GatheredMetric):
    """Compares the component that each sample was drawn for with its predicted class, as two clusterings.

    With n_ij samples of component i and class j, a = Σ_i C(n_i, 2), b = Σ_j C(n_j, 2) and c = a b / C(n, 2):

    - `cluster_ari` is (Σ_ij C(n_ij, 2) - c) / ((a + b) / 2 - c), the adjusted Rand index: the share of pairs of samples
      on which both agree, so scaled that it is 0 on average for components without meaning, whatever their number and
      their sizes, and 1 for equal clusterings. It can be below 0. Hubert & Arabie 1985, Journal of Classification 2.
    - `cluster_homogeneity` is I(component; class) / H(class): 1 if each component has one class.
    - `cluster_completeness` is I(component; class) / H(component): 1 if each class has one component. With more
      components than classes it is lower even if each component has one class. Their harmonic mean is `cluster_nmi` of
      `Components`. Rosenberg & Hirschberg 2007, EMNLP.

    A ratio without a denominator, of clusterings of one cluster, is 1. Samples without labels are not counted; if none
    has a label, there are no values.
    """

    needs_classes = True
    uses_labels = True
    needs_components = True
    keys = ("cluster_ari", "cluster_homogeneity", "cluster_completeness")

    def compute(self) -> dict[str, float]:
        pairs = self.gathered()
        if not len(pairs):
            return {}
        matrix = confusion_matrix(pairs[:, 0], pairs[:, 1], self._classes).cpu().double()
        return dict(zip(self.keys, (adjusted_rand_index(matrix), *purities(matrix)), strict=True))

    def _kept(self, fake: Features) -> Tensor:
        if fake.label is None:
            return self._nothing()
        return torch.stack([fake.label, predicted_classes(fake, "Clusters")], 1)

    def _nothing(self) -> Tensor:
        return torch.zeros(0, 2, dtype=torch.int64, device=self.real.device)

    def _take_real(self, reference: Reference) -> None:
        self._classes = logits_of(reference.real, "Clusters").shape[1]


def adjusted_rand_index(matrix: Float[Tensor, "components classes"]) -> float:
    """Returns it for the float64 numbers of samples of each component (row) and class (column)."""
    both, rows, columns, every = (pairs(part) for part in (matrix, matrix.sum(1), matrix.sum(0), matrix.sum()))
    by_chance = rows * columns / every if every > 0 else every
    most = (rows + columns) / 2
    return ((both - by_chance) / (most - by_chance)).item() if most != by_chance else 1.0


def pairs(counts: Tensor) -> Tensor:
    """Returns the sum of C(n, 2)."""
    return (counts * (counts - 1) / 2).sum()


def purities(matrix: Float[Tensor, "components classes"]) -> tuple[float, float]:
    """Returns homogeneity and completeness of the float64 numbers of samples of each component and class."""
    joint = matrix / matrix.sum()
    of_component, of_class = entropy(joint.sum(1)), entropy(joint.sum(0))
    mutual = (of_component + of_class - entropy(joint.flatten())).clamp(min=0.0)
    homogeneity, completeness = ((mutual / of).item() if of > 0 else 1.0 for of in (of_class, of_component))
    return homogeneity, completeness
