"""Precision, recall, density and coverage."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import total
from gan_lab.domains import PositiveInt
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.neighbours import Cloud, exact_squared_distances, row_chunks, squared_radii
from gan_lab.metric.prdc_halves import near_ones, prdc_deviations
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.runs.cache import Tensors


@final
class PRDC(GatheredMetric):
    """Precision, recall, density and coverage, with balls around each sample up to its k-th nearest neighbour.

    With r_k(c) the distance of c to its k-th nearest other sample on its own side, n real x and m generated y:

    - precision: the share of y with |y - x| ≤ r_k(x) for some x; recall: the same with the roles exchanged.
      Kynkäänniemi et al. 2019 (arXiv 1904.06991).
    - density: the mean number of balls of real samples that contain a y, divided by k. It is 1 for equal distributions,
      and more if samples concentrate where data are dense. Coverage: the share of x whose ball contains some y. For
      equal distributions its expectation is 1 - Π_{i=1..k} (n - i) / (n + m - i). Naeem et al. 2020 (arXiv 2002.09797).

    Precision and recall rise with k. As the number of samples grows, which should be equal on both sides, balls shrink:
    the precision of samples that are not near the data falls, and that of real ones hardly changes. Real samples
    compared with real samples have about 0.9, not 1: see `Evaluator.floor`.

    The values are exact: decisions for which float32 is too inexact are made in float64 (`neighbours`). *Deviation:*
    the paper of density and coverage has < instead of ≤, which differs for duplicates only.
    """

    def __init__(self, *, k: PositiveInt = 3, density_k: PositiveInt = 5) -> None:
        """`k` is for precision and recall, `density_k` for density and coverage."""
        super().__init__()
        self.k = k
        self.density_k = density_k

    @property
    def keys(self) -> tuple[str, ...]:
        return (
            f"precision_k{self.k}",
            f"recall_k{self.k}",
            f"density_k{self.density_k}",
            f"coverage_k{self.density_k}",
        )

    def least(self) -> dict[str, int]:
        return dict.fromkeys(self.keys, max(self._ks) + 1)  # a sample is no neighbour of itself

    def protocol(self) -> dict[str, str | int | float]:
        return {"k": self.k, "density_k": self.density_k}

    def compute(self) -> dict[str, float]:
        found = prdc(self.real, self.gathered(), self._ks, self._real_radii)
        near, dense = found[self.k], found[self.density_k]
        values = (near.precision, near.recall, dense.density, dense.coverage)
        return dict(zip(self.keys, values, strict=True))

    def prepare_deviations(self, reference: Reference) -> None:
        self._real_near(reference)

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        near = self._real_near(reference)
        found = prdc_deviations(self.real, fake.features, self.k, self.density_k, near)
        return {} if found is None else dict(zip(self.keys, found, strict=True))

    def _real_near(self, reference: Reference) -> Tensors:
        part = Part(f"near 1 {max(self._ks)}", "neighbours of real images, for intervals of precision and recall")
        return reference.remember(part, lambda: near_ones(self.real, max(self._ks)))

    def _take_real(self, reference: Reference) -> None:
        part = Part(f"radii 1 {self._ks}", "neighbours of real images, for precision and recall")
        stored = reference.remember(part, lambda: {"radii": squared_radii(self.real, self._ks)})
        self._real_radii = stored["radii"].to(self.real.device)

    @property
    def _ks(self) -> tuple[int, ...]:
        return (self.k, self.density_k)


@dataclass(frozen=True, slots=True)
class Shares:
    """The four values for one k."""

    precision: float
    recall: float
    density: float
    coverage: float


def prdc(
    real: Float[Tensor, "n d"],
    fake: Float[Tensor, "m d"],
    ks: tuple[int, ...],
    real_radii: Float[Tensor, "n r"] | None = None,
    chunk: int | None = None,
    dtype: torch.dtype = torch.float32,
) -> dict[int, Shares]:
    """Returns all four values for each k, from one pass over the distances between the two sides.

    `real_radii` are the `squared_radii` of the real side for the same ks, if they are known. `chunk` rows of the matrix
    of distances are in memory at once, and `dtype` is that of the products; the values depend on neither. Raises
    ValueError if a side has max(ks) samples or fewer.
    """
    if real_radii is None:
        real_radii = squared_radii(real, ks, chunk)
    fake_radii = squared_radii(fake, ks, chunk)
    centre = real.mean(0, dtype=torch.float64)
    reals, fakes = Cloud.of(real, centre, dtype), Cloud.of(fake, centre, dtype)
    balls = torch.zeros(len(fake), len(ks), dtype=torch.int64, device=real.device)  # around each fake, of real samples
    covered = torch.zeros(len(real), len(ks), dtype=torch.bool, device=real.device)
    recalled = torch.zeros_like(covered)
    widest, slack = real_radii.amax(1), reals.slack
    for rows, distances in row_chunks(fakes, reals, chunk, "precision and recall"):
        some, radii = fakes[rows], fake_radii[rows]
        # Only pairs in a ball matter, and pairs that may be in one within the error of the products.
        doubt = some.slack[:, None].amax() + slack
        reach = (widest + doubt).to(dtype), (radii.amax(1) + some.slack + slack.amax()).to(dtype)
        near = (distances <= _up(reach[0])) | (distances <= _up(reach[1])[:, None])
        i, j = near.nonzero().unbind(1)
        squared, real_r, fake_r = distances[i, j].double(), real_radii[j], radii[i]
        error = (some.slack[i] + slack[j]).double()[:, None]
        gaps = torch.minimum((squared[:, None] - real_r).abs(), (squared[:, None] - fake_r).abs())
        unsure = (gaps <= error).any(1).nonzero()[:, 0]
        if len(unsure):
            squared[unsure] = exact_squared_distances(some.points, real, i[unsure], j[unsure])
        in_real, in_fake = squared[:, None] <= real_r, squared[:, None] <= fake_r
        balls[rows] = torch.zeros_like(balls[rows]).index_add_(0, i, in_real.long())
        for column in range(len(ks)):
            covered[j[in_real[:, column]], column] = True
            recalled[j[in_fake[:, column]], column] = True
    balls, covered, recalled = total(balls), total(covered.long()) > 0, total(recalled.long()) > 0
    return {
        k: Shares(
            precision=_mean(balls[:, column] > 0),
            recall=_mean(recalled[:, column]),
            density=balls[:, column].sum().item() / (k * len(fake)),
            coverage=_mean(covered[:, column]),
        )
        for column, k in enumerate(ks)
    }


def _up(values: Tensor) -> Tensor:
    """Returns slightly larger values, so that rounding to fewer digits loses no pair."""
    return values * (1 + 4 * torch.finfo(values.dtype).eps)


def _mean(which: Tensor) -> float:
    return which.double().mean().item()
