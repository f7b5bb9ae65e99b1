"""Exact nearest neighbours by brute force, in chunks of a matrix of distances.

Trees do not pay above some twenty dimensions: they visit every leaf. A matrix product does, but |x|² + |y|²
- 2x·y in float32 is wrong in its last digits, and by 1 % where the mean is a hundred times the spread. So
clouds are centred, and whatever the error could decide is decided again in float64, by subtracting first.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gan_lab.metric.exact import full_float32

PAIRS = 1 << 14
"""Pairs whose distance is computed in float64 at once."""
SPARE = 5
"""Neighbours looked at beyond the k wanted, so that the k-th can be proved to be among them."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points as they were given, and centred ones for the matrix products."""

    points: Float[Tensor, "n d"]
    centred: Float[Tensor, "n d"]
    norms: Float[Tensor, " n"]
    """|x|² of the centred points."""

    @classmethod
    def of(
        cls, points: Float[Tensor, "n d"], centre: Float[Tensor, " d"], dtype: torch.dtype = torch.float32
    ) -> "Cloud":
        """`dtype` is that of the products, not of what is decided by them."""
        centred = points.double() - centre.double()
        return cls(points, centred.to(dtype), centred.square().sum(1).to(dtype))

    @property
    def slack(self) -> Float[Tensor, " n"]:
        """A point's share in the error of a squared distance: |error| ≤ slack of one + slack of the other."""
        return 8 * torch.finfo(self.norms.dtype).eps * self.norms

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: slice | Int[Tensor, " m"]) -> "Cloud":
        return Cloud(self.points[index], self.centred[index], self.norms[index])


def squared_distances(rows: Cloud, columns: Cloud) -> Float[Tensor, "n m"]:
    """|x - y|² of all pairs, from one matrix product; off by up to the sum of the slacks."""
    with full_float32():
        products = torch.addmm(columns.norms, rows.centred, columns.centred.T, alpha=-2.0)
    return products.add_(rows.norms[:, None]).clamp_(min=0.0)


def squared_radii(
    points: Float[Tensor, "n d"], k: int, chunk: int, dtype: torch.dtype = torch.float32
) -> Float[Tensor, " n"]:
    """Each point's squared distance to its k-th nearest other point, in float64; duplicates are at distance
    0.

    The candidates are found with products in `dtype` and measured in float64. Where a point that is no
    candidate might be nearer by rounding, they are sought again with products in float64. Raises ValueError
    for k points or fewer.
    """
    if len(points) <= k:
        raise ValueError(f"{k} nearest neighbours need {k + 1} samples or more, not {len(points)}")
    mean = points.double().mean(
        0
    )  # a collapsed generator's own: its samples are near to each other, far from real ones
    everyone = torch.arange(len(points), device=points.device)
    cloud = Cloud.of(points, mean, dtype)
    results = [_radii_of(cloud, rows, k) for rows in everyone.split(chunk)]
    radii, certain = (torch.cat(parts) for parts in zip(*results, strict=True))
    if dtype != torch.float64 and not certain.all():
        cloud = Cloud.of(points, mean, torch.float64)
        for rows in everyone[~certain].split(chunk):
            radii[rows], _ = _radii_of(cloud, rows, k)
    return radii


def _radii_of(cloud: Cloud, rows: Int[Tensor, " m"], k: int) -> tuple[Float[Tensor, " m"], Bool[Tensor, " m"]]:
    """The squared radii of some points of the cloud, and whether they are proved right."""
    distances = squared_distances(cloud[rows], cloud)
    distances[torch.arange(len(rows), device=rows.device), rows] = torch.inf  # no point is its own neighbour
    candidates = min(k + SPARE, len(cloud) - 1)
    found, columns = distances.topk(candidates, largest=False)
    pairs = torch.stack([rows[:, None].expand_as(columns), columns]).flatten(1)
    exact = _exact_squared_distances(cloud.points, cloud.points, pairs).view_as(columns)
    radii = exact.sort(1).values[:, k - 1]
    others_at_least = found[:, -1] - cloud[rows].slack - cloud.slack.max()
    certain = (radii <= others_at_least) | (radii == 0.0)
    return radii, certain | (candidates == len(cloud) - 1)


def within_any(
    distances: Float[Tensor, "n m"], points: Cloud, centres: Cloud, squared: Float[Tensor, " m"]
) -> Bool[Tensor, " n"]:
    """Which points lie in at least one ball (|x - c|² ≤ r², float64) around the centres.

    `distances` are those of `squared_distances`; the pairs for which they cannot tell are measured again.
    """
    margin = distances - squared.to(distances.dtype)
    slack = points.slack[:, None]
    surely = (margin + centres.slack).amin(1) <= -points.slack
    margin -= centres.slack
    maybe = (margin.amin(1) <= points.slack) & ~surely
    for row in maybe.nonzero()[:, 0].split(256):
        pairs = (margin[row] <= slack[row]).nonzero().T
        pairs = torch.stack([row[pairs[0]], pairs[1]])
        inside = _exact_squared_distances(points.points, centres.points, pairs) <= squared[pairs[1]]
        surely[pairs[0][inside]] = True
    return surely


def _exact_squared_distances(
    a: Float[Tensor, "n d"], b: Float[Tensor, "m d"], pairs: Int[Tensor, "2 p"]
) -> Float[Tensor, " p"]:
    """|aᵢ - bⱼ|² of the pairs (i, j), subtracted and summed in float64."""
    return torch.cat([(a[i].double() - b[j].double()).square().sum(1) for i, j in pairs.split(PAIRS, 1)])
