"""Alpha-precision and beta-recall."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.features import Part, Reference
from gan_lab.metric.neighbours import nearest, squared_radii
from gan_lab.metric.real_fake import GatheredMetric


@final
class AlphaPrecision(GatheredMetric):
    """Integrated alpha-precision and beta-recall: whether typical images of one side are typical of the other.

    With n real x of mean c, m generated y of mean e, and y(x) the generated sample nearest to x:

    - `alpha_precision`: IP = 1 - 2 ∫₀¹ |P(α) - α| dα, where P(α) is the share of y in the α-support of the real
      samples, the ball around c that holds the share α of them.
    - `beta_recall_k5`: IR = 1 - 2 ∫₀¹ |R(β) - β| dβ, where R(β) is the share of x for which y(x) lies both in the
      β-support of the y(x), the ball around e that holds the share β of them, and within the k-th nearest other real
      sample of x. R(1) is the coverage of Naeem et al. 2020 for this k.

    Both lie between 0 and 1. IP is 1 if the distances to c are distributed alike on both sides: it falls if generated
    samples lie outside of the data, and also if they crowd near the centre, which the precision of Kynkäänniemi et al.
    does not see. If recall does not depend on the distance to e, IR is R(1), which is below 1 even for equal
    distributions, and about 1/2 for k = 1: see `Evaluator.floor`. Alaa et al. 2022 (arXiv 2102.08921), whose third
    measure, authenticity, is in `Copying`.

    *Deviations:* the paper's supports are sets of minimum volume, in practice balls in the space of a one-class
    embedding that is trained for each data set. Here they are balls in the extractor's features, which no training
    changes; where the data have several modes, they are not of minimum volume, since their centre may lie between
    modes. The nearest sample y(x) is sought among all generated samples, not in the β-support alone, and the β-support
    is that of the y(x), so that R(β) = β R(1) where recall does not depend on the distance; so does the code that goes
    with the paper. The integrals are taken at the midpoints (i - 1/2) / n of α and β, not at 30 levels.
    """

    def __init__(self, *, k: PositiveInt = 5) -> None:
        """`k` is the number of neighbours of a real sample; the code that goes with the paper has 1."""
        super().__init__()
        self.k = k

    @property
    def keys(self) -> tuple[str, ...]:
        return ("alpha_precision", f"beta_recall_k{self.k}")

    def least(self) -> dict[str, int]:
        return dict(zip(self.keys, (2, self.k + 1), strict=True))  # a sample is no neighbour of itself

    def protocol(self) -> dict[str, str | int | float]:
        return {"alpha_precision_supports": "balls around the mean", "beta_recall_k": self.k}

    def compute(self) -> dict[str, float]:
        fake = self.gathered()
        if not len(fake):
            raise ValueError("alpha-precision needs 1 sample or more, not 0")
        squared, index = nearest(self.real, fake, 1)
        near = squared_norms(fake[index[:, 0]], fake.mean(0, dtype=torch.float64))
        values = (
            integrated(self._real_norms, squared_norms(fake, self._centre)),
            integrated_recall(near, squared[:, 0] <= self._radii),
        )
        return dict(zip(self.keys, values, strict=True))

    def _take_real(self, reference: Reference) -> None:
        self._centre = self.real.mean(0, dtype=torch.float64)
        self._real_norms = squared_norms(self.real, self._centre)
        part = Part(f"radii 1 {(self.k,)}", "neighbours of real images, for beta-recall")
        stored = reference.remember(part, lambda: {"radii": squared_radii(self.real, (self.k,))})
        self._radii = stored["radii"][:, 0].to(self.real.device)


def squared_norms(points: Float[Tensor, "n d"], centre: Float[Tensor, " d"]) -> Float[Tensor, " n"]:
    """Returns |x - c|² of each point, in float64."""
    return (points.double() - centre).square().sum(1)


def integrated(real: Float[Tensor, " n"], fake: Float[Tensor, " m"]) -> float:
    """Returns 1 - 2 ∫ |P(α) - α| dα, where P(α) is the share of the values of `fake` up to the α-quantile of `real`."""
    order = real.sort().values
    inside = torch.searchsorted(fake.sort().values, order, right=True).double() / len(fake)
    return 1 - 2 * (inside - levels(len(order), order)).abs().mean().item()


def integrated_recall(near: Float[Tensor, " n"], recalled: Bool[Tensor, " n"]) -> float:
    """Returns 1 - 2 ∫ |R(β) - β| dβ, where R(β) is the share of real samples that are `recalled` and whose value of
    `near` is at most its β-quantile."""
    order = near.sort().values
    found = torch.searchsorted(near[recalled].sort().values, order, right=True).double() / len(near)
    return 1 - 2 * (found - levels(len(order), order)).abs().mean().item()


def levels(n: int, like: Tensor) -> Float[Tensor, " n"]:
    """Returns the midpoints (i - 1/2) / n of n equal parts of [0, 1]."""
    return (torch.arange(n, dtype=torch.float64, device=like.device) + 0.5) / n
