"""The kernel distance between two clouds of features."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.cache import Tensors
from gan_lab.metric.bar import bar
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.metric.seen import Reference


@final
class KernelDistance(GatheredMetric):
    """KID: the unbiased estimate of MMD² with the kernel k(x, y) = (x·y / d + 1)³ on all samples.

    mean over i≠j of k(xᵢ, xⱼ) + mean over i≠j of k(yᵢ, yⱼ) - 2 mean of k(xᵢ, yⱼ). Its expectation is 0 for
    equal laws whatever the number of samples; single values may be negative. Bińkowski et al. 2018 (arXiv
    1801.01401). In float64: the difference of three nearly equal numbers.

    *Deviations:* the full U-statistic instead of the mean over 100 random subsets of 1000, whose choice is
    noise of its own.
    """

    keys = ("kid",)

    def __init__(self, *, chunk: int = 2048) -> None:
        """`chunk`: rows of the kernel matrix in memory at once; the value does not depend on it."""
        super().__init__()
        self.chunk = chunk

    def compute(self) -> dict[str, float]:
        real, fake = self.real.double(), self.gathered().double()
        return {"kid": self._within_real + mean_within(fake, self.chunk) - 2 * mean_between(real, fake, self.chunk)}

    def _take_real(self, reference: Reference) -> None:
        self._within_real = reference.remember("kernel", self._within)["mean"].item()

    def _within(self) -> Tensors:
        return {"mean": torch.tensor(mean_within(self.real.double(), self.chunk), dtype=torch.float64)}


def mean_within(x: Float[Tensor, "n d"], chunk: int) -> float:
    """Mean of k(xᵢ, xⱼ) over i≠j. Raises ValueError for fewer than two samples."""
    n = len(x)
    if n < 2:
        raise ValueError(f"the kernel distance needs 2 samples or more, not {n}")
    total = 0.0
    for start in bar(range(0, n, chunk), "kernel distance"):
        rows = x[start : start + chunk]
        square, later = cubic(rows, rows), cubic(rows, x[start + chunk :])  # the kernel is symmetric
        total += (square.sum() - square.trace() + 2 * later.sum()).item()
    return total / (n * (n - 1))


def mean_between(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], chunk: int) -> float:
    """Mean of k(xᵢ, yⱼ) over all pairs."""
    return sum(cubic(rows, y).sum().item() for rows in bar(x.split(chunk), "kernel distance")) / (len(x) * len(y))


def cubic(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """(x·y / d + 1)³ of all pairs."""
    return (x @ y.T / x.shape[1] + 1.0) ** 3
