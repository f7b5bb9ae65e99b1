"""A two-sample test of features by their mean in a kernel's space and random permutations."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.domains import PositiveInt
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.noise import seed_of
from gan_lab.terminal.bar import bar

FOR_THE_MEDIAN = 1000
"""Samples whose pairs give the median distance."""
ROUNDING = 1e-12
"""Differences of means of kernel values, which are in 0..1, that count as ties."""


@final
class PermutationTest(GatheredMetric):
    """`mmd2` and `mmd_p`: the squared maximum mean discrepancy of the features, and the p-value of it by permutations.

    `mmd2` is the unbiased estimate of MMD² with the Gaussian kernel k(x, y) = exp(-|x - y|² / 2σ²): the mean over i≠j
    of k(xᵢ, xⱼ) + the mean over i≠j of k(yᵢ, yⱼ) - 2 times the mean of k(xᵢ, yⱼ). Its expectation is 0 for equal
    distributions, so values can be negative. σ is the median distance between samples of both sides together. Gretton
    et al. 2012 (A kernel two-sample test, JMLR 13). KID is the same with a kernel that is a polynomial of degree 3 and
    so compares moments up to the third; this kernel is characteristic: MMD² is 0 for equal distributions alone.

    `mmd_p` is (1 + the number of permutations with MMD² at least as large) / (1 + their number), where a permutation
    divides all samples at random into sides of the same sizes. If both sides have one distribution and all samples are
    independent, P(p ≤ α) ≤ α for every α, exactly. The smallest value is 1 / (1 + permutations). It is left out for
    data whose samples are not independent, where P(p ≤ .05) can be a half.

    Compare it with the floor, for which training images take the place of generated ones: two finite sets of real
    images may differ too, as MNIST's training and test images do.

    *Deviations:* the median is that of pairs among 1,000 samples, drawn at random from both sides together.
    """

    keys = ("mmd2", "mmd_p")
    of_independent = ("mmd_p",)

    def __init__(self, *, permutations: PositiveInt = 199, chunk: PositiveInt = 512) -> None:
        """`chunk` is the number of rows of the kernel matrix in memory at once; it affects only rounding errors."""
        super().__init__()
        self.permutations = permutations
        self.chunk = chunk

    def protocol(self) -> dict[str, str | int | float]:
        return {"mmd_permutations": self.permutations}

    def compute(self) -> dict[str, float]:
        values = permuted_mmd2(self.real, self.gathered(), self.permutations, self.chunk)
        as_large = (values[1:] >= values[0] - ROUNDING).sum().item()
        return {"mmd2": values[0].item(), "mmd_p": (1 + as_large) / (1 + self.permutations)}


def permuted_mmd2(
    x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], permutations: int, chunk: int, key: str = "mmd"
) -> Float[Tensor, " p"]:
    """Returns the unbiased MMD² of x and y, and then that of each permutation, which `key` determines.

    With the kernel matrix K of all samples together and a = 1 for those of the first side, 0 for the others, the sums
    within the first side, between the sides and within the second are aᵀKa, aᵀK1 - aᵀKa and 1ᵀK1 - 2 aᵀK1 + aᵀKa. So
    every permutation needs two products with K, of which only chunks of rows are in memory. Raises ValueError for fewer
    than two samples of a side.
    """
    n, m = len(x), len(y)
    if min(n, m) < 2:
        raise ValueError(f"a permutation test needs 2 samples of each side or more, not {n} and {m}")
    generator = torch.Generator().manual_seed(seed_of("permutations", key))
    both = torch.cat([x, y]).double()
    both = both - both.mean(0)  # distances from products are most exact around the origin
    some = both[torch.randperm(n + m, generator=generator)[:FOR_THE_MEDIAN].to(both.device)]
    variance = squared_median_distance(some)

    first = torch.zeros(n + m, 1 + permutations, dtype=torch.float64)
    first[:n, 0] = 1.0
    for permutation in range(1, 1 + permutations):
        first[torch.randperm(n + m, generator=generator)[:n], permutation] = 1.0
    first = first.to(both.device)

    starts = range(0, n + m, chunk)
    sums = both.new_zeros(len(starts), 3, 1 + permutations)
    for i in bar(share(range(len(starts))), "permutations"):
        rows, later = slice(starts[i], starts[i] + chunk), slice(starts[i] + chunk, None)
        square, rest = gaussian(both[rows], both[rows], variance), gaussian(both[rows], both[later], variance)
        mine, others = first[rows], first[later]  # the matrix is symmetric: what is right of the square counts twice
        sums[i, 0] = (mine * (square @ mine + 2 * (rest @ others))).sum(0)
        sums[i, 1] = mine.T @ (square.sum(1) + rest.sum(1)) + others.T @ rest.sum(0)
        sums[i, 2] = square.sum() + 2 * rest.sum()
    within, with_all, of_all = total(sums).sum(0)
    between = with_all - within
    others = of_all - 2 * with_all + within
    return (within - n) / (n * (n - 1)) + (others - m) / (m * (m - 1)) - 2 * between / (n * m)  # k(x, x) is 1


def gaussian(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], variance: float) -> Float[Tensor, "n m"]:
    """Returns exp(-|x - y|² / 2 variance) of all pairs."""
    squared = torch.addmm(y.square().sum(1), x, y.T, alpha=-2.0).add_(x.square().sum(1)[:, None])
    return squared.clamp_(min=0.0).div_(-2.0 * variance).exp_()


def squared_median_distance(x: Float[Tensor, "n d"]) -> float:
    """Returns the median of |x - y|² over pairs of different points; 1 where all points are equal."""
    squared = torch.pdist(x).square()
    apart = squared[squared > 0]
    return apart.median().item() if len(apart) else 1.0
