"""The Fréchet distance extrapolated to infinitely many generated samples."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Annotated, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.domains import at_least
from gan_lab.metric.features import Reference
from gan_lab.metric.frechet import MOMENTS, frechet_distance, moments
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.metric.symmetric import add_gram_, mirrored
from gan_lab.noise import seed_of
from gan_lab.terminal.bar import bar


@final
class FrechetInfinity(GatheredMetric):
    """`fid_infinity`: the intercept of FID against 1/N, fitted by least squares to random subsets of several sizes.

    The bias of FID is linear in 1/N, and its slope differs between generators, so with few samples the worse generator
    can have the lower FID. The sizes are evenly spaced between min(5000, N/2) and N. Chong & Forsyth 2020 (arXiv
    1911.07023).

    A line is fitted to the mean FID of several subsets of each size, since the choice of a single one changes the value
    by more than the correction. The N samples are divided at random into as many blocks as there are `subsets`, and
    the subsets of a size are all runs of so many neighbouring blocks, the first block following the last one. Each
    sample is in equally many of them, so that what is linear in the choice of samples cancels in their mean. Moments of
    blocks add up: with d features, a subset costs products of d x d matrices and eigenvalues, and no pass over samples.
    With 10,000 digits, a quarter of them mixed from halves of different ones, the correction is .25. The order of the
    samples then changes the value by a standard deviation of .02, and by .22 with one subset of each of 15 sizes.

    *Deviations:* several subsets of each size, and fewer sizes; latent codes are random, not a Sobol sequence; the size
    of the reference is not varied, so its part of the bias remains.
    """

    keys = ("fid_infinity",)
    version = 2

    def __init__(self, *, sizes: Annotated[int, at_least(2)] = 4, subsets: Annotated[int, at_least(2)] = 15) -> None:
        """`subsets` is the number of subsets of each of the `sizes` but the largest, of which there is one."""
        super().__init__()
        self.sizes = sizes
        self.subsets = subsets

    def least(self) -> dict[str, int]:
        return {"fid_infinity": max(4, 2 * self.subsets)}  # two samples in each block

    def protocol(self) -> dict[str, str | int | float]:
        return {"fid_infinity_sizes": self.sizes, "fid_infinity_subsets": self.subsets}

    def compute(self) -> dict[str, float]:
        fake = self.gathered().double() - self._centre
        if len(fake) < 4:
            raise ValueError(f"an extrapolation needs 4 samples or more, not {len(fake)}")
        generator = torch.Generator().manual_seed(seed_of("fid_infinity"))
        order = torch.randperm(len(fake), generator=generator).to(fake.device)
        sums = block_sums(fake, order, min(self.subsets, len(fake)))
        runs = [*runs_of_blocks(len(sums), self.sizes, min(5000, len(fake) // 2) / len(fake))]
        values, counts = fake.new_zeros(2, len(runs))
        for i in bar(share(range(len(runs))), "FID of many sizes"):
            some = sums.of(runs[i])
            values[i] = frechet_distance(torch.zeros_like(some.mean), self._factor, some.mean, some.covariance)
            counts[i] = some.count
        means = means_by(torch.tensor([len(run) for run in runs]), 1 / total(counts), total(values))
        return {"fid_infinity": intercept(*means)}

    def _take_real(self, reference: Reference) -> None:
        stored = reference.remember(MOMENTS, lambda: moments(self.real))
        self._centre, self._factor = (stored[name].to(self.real.device) for name in ("centre", "factor"))


@dataclass(frozen=True, slots=True)
class Sums:
    """Numbers, sums and sums of squares of the samples in one block or in several together."""

    count: int
    total: Float[Tensor, " d"]
    outer: Float[Tensor, "d d"]
    """Σ xxᵀ, on and below the diagonal."""

    @property
    def mean(self) -> Float[Tensor, " d"]:
        return self.total / self.count

    @property
    def covariance(self) -> Float[Tensor, "d d"]:
        """The unbiased covariance."""
        return (mirrored(self.outer) - torch.outer(self.total, self.mean)) / (self.count - 1)


@dataclass(frozen=True, slots=True)
class Blocks:
    """The sums of each block."""

    counts: list[int]
    totals: Float[Tensor, "b d"]
    outers: Float[Tensor, "b d d"]

    def __len__(self) -> int:
        return len(self.counts)

    def of(self, run: list[int]) -> Sums:
        """Returns the sums of some blocks together."""
        outer = torch.zeros_like(self.outers[0])
        for block in run:
            outer += self.outers[block]
        return Sums(sum(self.counts[block] for block in run), self.totals[run].sum(0), outer)


def block_sums(points: Float[Tensor, "n d"], order: Int[Tensor, " n"], blocks: int) -> Blocks:
    """Returns the sums of equal parts, up to one point, of the points in this order."""
    parts, d = order.tensor_split(blocks), points.shape[1]
    totals, outers = points.new_zeros(blocks, d), points.new_zeros(blocks, d, d)
    for i in share(range(blocks)):
        some = points[parts[i]]
        totals[i] = some.sum(0)
        add_gram_(outers[i], some)
    return Blocks([len(part) for part in parts], total(totals), total(outers))


def runs_of_blocks(blocks: int, sizes: int, smallest: float) -> Iterator[list[int]]:
    """Yields runs of neighbouring blocks on a circle, all of each of `sizes` lengths, from the share `smallest` of the
    blocks on, and then that of all blocks."""
    lengths = torch.linspace(ceil(smallest * blocks), blocks, sizes, dtype=torch.float64).round().long()
    for length in lengths.unique().tolist():
        for start in range(blocks if length < blocks else 1):
            yield [(start + step) % blocks for step in range(length)]


def means_by(group: Int[Tensor, " r"], *values: Float[Tensor, " r"]) -> list[list[float]]:
    """Returns the means of each of the values over equal entries of `group`."""
    _, index, times = group.unique(return_inverse=True, return_counts=True)
    return [(torch.zeros(len(times)).double().index_add(0, index, some.cpu()) / times).tolist() for some in values]


def intercept(x: list[float], y: list[float]) -> float:
    """Returns a of the least squares line a + b x."""
    line = torch.tensor([[1.0, value] for value in x], dtype=torch.float64)
    values: Float[Tensor, "n 1"] = torch.tensor(y, dtype=torch.float64)[:, None]
    return torch.linalg.lstsq(line, values).solution[0].item()
