"""Exact nearest neighbours by brute force, in chunks of a matrix of distances.

Trees do not pay above some twenty dimensions: they visit every leaf. A matrix product does, but |x|² + |y|²
- 2x·y in float32 is wrong in its last digits, and by 1 % where the mean is a hundred times the spread. So
clouds are centred, and whatever the error could decide is decided again in float64, by subtracting first.
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
"""Pairs whose distance is computed in float64 at once: few enough to stay in a processor's cache."""
ENTRIES = 1 << 22
"""Of a matrix of distances in memory at once."""
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
        centred, norms = [], []
        for part in points.split(PAIRS):  # never all of them in float64
            exact = part - centre.double()
            centred.append(exact.to(dtype))
            norms.append(exact.square().sum(1).to(dtype))
        return cls(points, torch.cat(centred), torch.cat(norms))

    @property
    def slack(self) -> Float[Tensor, " n"]:
        """A point's share in the error of a squared distance: |error| ≤ slack of one + slack of the other."""
        return 8 * torch.finfo(self.norms.dtype).eps * self.norms

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: slice | Int[Tensor, " m"]) -> "Cloud":
        return Cloud(self.points[index], self.centred[index], self.norms[index])


def squared_distances(rows: Cloud, columns: Cloud, space: Tensor | None = None) -> Float[Tensor, "n m"]:
    """|x - y|² of all pairs, from one matrix product; off by up to the sum of the slacks.

    The result lies in `space` (as many rows or more): one piece of memory for all chunks. Were it allocated for each
    chunk, whatever small is kept of one would sit in the memory of the next, and the process grow by gigabytes.
    """
    out = None if space is None else space[: len(rows)]
    with full_float32():
        products = torch.addmm(columns.norms, rows.centred, columns.centred.T, alpha=-2.0, out=out)
    return products.add_(rows.norms[:, None]).clamp_(min=0.0)


def exact_squared_distances(
    a: Float[Tensor, "n d"], b: Float[Tensor, "m d"], i: Int[Tensor, " p"], j: Int[Tensor, " p"]
) -> Float[Tensor, " p"]:
    """|aᵢ - bⱼ|² of the pairs (i, j), subtracted and summed in float64."""
    parts = zip(i.split(PAIRS), j.split(PAIRS), strict=True)
    return torch.cat([(a[some].double() - b[others].double()).square().sum(1) for some, others in parts])


def row_chunks(
    rows: Cloud, columns: Cloud, chunk: int | None, what: str
) -> Iterator[tuple[Int[Tensor, " b"], Float[Tensor, "b m"]]]:
    """The numbers of this rank's `share` of the rows, `chunk` at a time (None: as many as `ENTRIES` allow), and their
    squared distances to all columns, which are good until the next ones come. Whole chunks are shared, so that the
    distances are the same to the last digit however many ranks there are."""
    size = min(len(rows), chunk or max(1, ENTRIES // len(columns)))
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
    """Each point's k nearest among `others`, or, with None, among the other points: squared distances in float64,
    rising, and their numbers. Duplicates are at distance 0.

    The candidates are found with products in `dtype` and measured in float64. Where a point that is no
    candidate might be nearer by rounding, they are sought again with products in float64. Raises ValueError
    where there are not k.
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
    certain = torch.ones(len(points), dtype=torch.bool, device=points.device)  # of other ranks' rows, they make sure
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
    """The neighbours of some rows by their distances to all columns, and whether they are proved right."""
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
    """Each point's squared distance to its k-th nearest other point, a column for each k, in float64."""
    squared, _ = nearest(points, None, max(ks), chunk)
    return squared[:, [k - 1 for k in ks]]
