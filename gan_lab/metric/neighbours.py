"""Exact nearest neighbours by brute force, in chunks of a matrix of distances.

Search trees are not faster above some twenty dimensions, since they visit every leaf. A matrix product is fast, but
|x|² + |y|² - 2x·y in float32 has rounding errors, of 1 % if the mean is a hundred times the standard deviation. So
points are centred, and every decision that the error could change is made again in float64, from the differences.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.maths.float32 import full_float32
from gan_lab.terminal.bar import bar

PAIRS = 1 << 12
"""The number of pairs whose distance is computed in float64 at once, few enough for a processor's cache."""
ENTRIES = 1 << 22
"""The number of entries of a matrix of distances in memory at once."""
ROWS = 256
"""The least number of rows of such a matrix, since a product of fewer is slow: with 83, at two thirds of the rate."""
SPARE = 5
"""The number of candidates beyond k, so that the k nearest can be proved to be among the candidates."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points, and the same points centred for the matrix products."""

    points: Float[Tensor, "n d"]
    centred: Float[Tensor, "n d"]
    norms: Float[Tensor, " n"]
    """|x|² of the centred points."""

    @classmethod
    def of(
        cls, points: Float[Tensor, "n d"], centre: Float[Tensor, " d"], dtype: torch.dtype = torch.float32
    ) -> "Cloud":
        """`dtype` is that of the products; decisions do not depend on it."""
        centred, norms = [], []
        for part in points.split(PAIRS):  # in parts, so that not all are in float64 at once
            exact = part - centre.double()
            centred.append(exact.to(dtype))
            norms.append(exact.square().sum(1).to(dtype))
        return cls(points, torch.cat(centred), torch.cat(norms))

    @property
    def slack(self) -> Float[Tensor, " n"]:
        """Bounds of the error of squared distances: |error| ≤ slack of one point + slack of the other."""
        return 8 * torch.finfo(self.norms.dtype).eps * self.norms

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: slice | Int[Tensor, " m"]) -> "Cloud":
        return Cloud(self.points[index], self.centred[index], self.norms[index])


def squared_distances(rows: Cloud, columns: Cloud, space: Tensor | None = None) -> Float[Tensor, "n m"]:
    """Returns |x - y|² of all pairs, from one matrix product; the error is at most the sum of the slacks.

    The result is in `space`, which has as many rows or more and is reused for all chunks. If every chunk were
    allocated, small results that are kept would fragment the memory, and the process would grow by gigabytes.
    """
    out = None if space is None else space[: len(rows)]
    with full_float32():
        products = torch.addmm(columns.norms, rows.centred, columns.centred.T, alpha=-2.0, out=out)
    return products.add_(rows.norms[:, None]).clamp_(min=0.0)


def exact_squared_distances(
    a: Float[Tensor, "n d"], b: Float[Tensor, "m d"], i: Int[Tensor, " p"], j: Int[Tensor, " p"]
) -> Float[Tensor, " p"]:
    """Returns |aᵢ - bⱼ|² of the pairs (i, j), from differences in float64."""
    parts = zip(i.split(PAIRS), j.split(PAIRS), strict=True)
    return torch.cat([(a[some].double() - b[others].double()).square().sum(1) for some, others in parts])


def row_chunks(
    rows: Cloud, columns: Cloud, chunk: int | None, what: str
) -> Iterator[tuple[Int[Tensor, " b"], Float[Tensor, "b m"]]]:
    """Yields the indices of this rank's `share` of the rows, `chunk` at a time (None: as many as `ENTRIES` allow), and
    their squared distances to all columns, which the next iteration overwrites. Ranks share whole chunks, so that the
    distances are exactly the same for any number of ranks."""
    size = min(len(rows), chunk or max(ROWS, ENTRIES // len(columns)))
    space = rows.norms.new_empty(size, len(columns))
    for some in bar(share(torch.arange(len(rows), device=rows.norms.device).split(size)), what):
        yield some, squared_distances(rows[some], columns, space)


def nearest(
    points: Float[Tensor, "n d"],
    others: Float[Tensor, "m d"] | None,
    k: int,
    chunk: int | None = None,
    dtype: torch.dtype = torch.float32,
) -> tuple[Float[Tensor, "n k"], Int[Tensor, "n k"]]:
    """Returns the squared distances, increasing and in float64, and the indices of the k points nearest to each point.

    They are chosen among `others`, or for None among the other points. Duplicates are at distance 0. The candidates are
    found with products in `dtype`, and their distances computed in float64. If rounding might hide a nearer point, they
    are searched again with products in float64. Raises ValueError if there are fewer than k.
    """
    among_themselves = others is None
    if others is None:
        others = points
    if len(others) < k + among_themselves:
        raise ValueError(f"{k} nearest neighbours need {k + among_themselves} samples or more, not {len(others)}")
    # The centre is that of the searched: a collapsed generator's samples are near to each other, far from real ones.
    centre = others.mean(0, dtype=torch.float64)
    columns = Cloud.of(others, centre, dtype)
    rows = columns if among_themselves else Cloud.of(points, centre, dtype)
    squared = torch.zeros(len(points), k, dtype=torch.float64, device=points.device)
    index = torch.zeros(len(points), k, dtype=torch.int64, device=points.device)
    certain = torch.ones(len(points), dtype=torch.bool, device=points.device)  # other ranks check their own rows
    for some, distances in row_chunks(rows, columns, chunk, "neighbours"):
        squared[some], index[some], certain[some] = _nearest_of(rows, some, columns, distances, k, among_themselves)
    if dtype != torch.float64 and not certain.all():
        columns = Cloud.of(others, centre, torch.float64)
        rows = columns if among_themselves else Cloud.of(points, centre, torch.float64)
        for some in (~certain).nonzero()[:, 0].split(chunk or max(1, ENTRIES // len(columns))):
            distances = squared_distances(rows[some], columns)
            squared[some], index[some], _ = _nearest_of(rows, some, columns, distances, k, among_themselves)
    return total(squared), total(index)


def _nearest_of(
    rows: Cloud,
    some: Int[Tensor, " b"],
    columns: Cloud,
    distances: Float[Tensor, "b m"],
    k: int,
    among_themselves: bool,
) -> tuple[Float[Tensor, "b k"], Int[Tensor, "b k"], Bool[Tensor, " b"]]:
    """Returns the neighbours of some rows from their distances to all columns, and whether they are proved correct."""
    if among_themselves:  # no point is its own neighbour
        distances[torch.arange(len(some), device=some.device), some] = torch.inf
    available = len(columns) - among_themselves
    candidates = min(k + SPARE, available)
    found, index = distances.topk(candidates, largest=False)
    pairs = some[:, None].expand_as(index).flatten(), index.flatten()
    exact = exact_squared_distances(rows.points, columns.points, *pairs).view_as(index)
    squared, order = exact.sort(dim=1, stable=True)
    squared, index = squared[:, :k], index.gather(1, order[:, :k])
    others_at_least = found[:, -1] - rows[some].slack - columns.slack.max()
    certain = (squared[:, -1] <= others_at_least) | (squared[:, -1] == 0.0)
    return squared, index, certain | (candidates == available)


def squared_radii(points: Float[Tensor, "n d"], ks: tuple[int, ...], chunk: int | None = None) -> Float[Tensor, "n r"]:
    """Returns the squared distance of each point to its k-th nearest other point, a column for each k, in float64."""
    squared, _ = nearest(points, None, max(ks), chunk)
    return squared[:, [k - 1 for k in ks]]
