"""The kernel distance between two sets of features."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.domains import PositiveInt
from gan_lab.maths.float32 import full_float32
from gan_lab.maths.sampling_error import standard_error
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.runs.cache import Tensors
from gan_lab.terminal.bar import bar


@final
class KernelDistance(GatheredMetric):
    """KID: the unbiased estimate of MMD² with the kernel k(x, y) = (x·y / d + 1)³ on all samples.

    It is the mean over i≠j of k(xᵢ, xⱼ) + the mean over i≠j of k(yᵢ, yⱼ) - 2 times the mean of k(xᵢ, yⱼ). For equal
    distributions its expectation is 0 for any number of samples, so values can be negative. It is computed in float64,
    since it is a difference of nearly equal numbers. Bińkowski et al. 2018 (arXiv 1801.01401).

    *Deviations:* the full U-statistic instead of the mean over 100 random subsets of 1000, whose choice adds noise.
    """

    keys = ("kid",)

    def __init__(self, *, chunk: PositiveInt = 256) -> None:
        """`chunk` is the number of rows of the kernel matrix in memory at once; it affects only rounding errors."""
        super().__init__()
        self.chunk = chunk

    def compute(self) -> dict[str, float]:
        real, fake = self.real.double(), self.gathered().double()
        return {"kid": self._within_real + mean_within(fake, self.chunk) - 2 * mean_between(real, fake, self.chunk)}

    def prepare_deviations(self, reference: Reference) -> None:
        self._similarities(reference)

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        """Returns the deviation of KID, from the first-order influences of a U-statistic: of a real sample x, twice its
        mean kernel with other real samples minus twice that with generated ones; of a generated one likewise. Source:
        Bounliphone et al. 2016 (arXiv 1511.04581). *Deviation:* kernels are computed in float32."""
        with full_float32():
            rows, columns = means_between(fake.features, self.real, self.chunk)
            of_fake = 2 * (means_within(fake.features, self.chunk) - rows)
        return {"kid": standard_error(2 * (self._similarities(reference) - columns), of_fake)}

    def _take_real(self, reference: Reference) -> None:
        part = Part("kernel 1", "kernel among real images, for KID")
        self._within_real = reference.remember(part, self._within)["mean"].item()

    def _similarities(self, reference: Reference) -> Float[Tensor, " n"]:
        """Returns the mean kernel of each real sample with the others."""

        def compute() -> Tensors:
            with full_float32():
                return {"means": means_within(self.real, self.chunk)}

        part = Part("kernel means 1", "kernel among real images, for intervals of KID")
        return reference.remember(part, compute)["means"].to(self.real.device)

    def _within(self) -> Tensors:
        return {"mean": torch.tensor(mean_within(self.real.double(), self.chunk), dtype=torch.float64)}


def mean_within(x: Float[Tensor, "n d"], chunk: int) -> float:
    """Returns the mean of k(xᵢ, xⱼ) over i≠j. Raises ValueError for fewer than two samples."""
    n = len(x)
    if n < 2:
        raise ValueError(f"the kernel distance needs 2 samples or more, not {n}")
    parts = x.split(chunk)
    sums = x.new_zeros(len(parts))
    for i in bar(share(range(len(parts))), "kernel distance"):
        square, later = cubic(parts[i], parts[i]), cubic(parts[i], x[(i + 1) * chunk :])  # the kernel is symmetric
        sums[i] = square.sum() - square.trace() + 2 * later.sum()
    return total(sums).sum().item() / (n * (n - 1))


def mean_between(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], chunk: int) -> float:
    """Returns the mean of k(xᵢ, yⱼ) over all pairs."""
    parts = x.split(chunk)
    sums = x.new_zeros(len(parts))
    for i in bar(share(range(len(parts))), "kernel distance"):
        sums[i] = cubic(parts[i], y).sum()
    return total(sums).sum().item() / (len(x) * len(y))


def means_within(x: Float[Tensor, "n d"], chunk: int) -> Float[Tensor, " n"]:
    """Returns the mean of k(xᵢ, xⱼ) over j≠i for each i, as a float64. NaN for a single sample."""
    parts = x.split(chunk)
    sums = x.new_zeros(len(x), dtype=torch.float64)
    for i in bar(share(range(len(parts))), "intervals of the kernel distance"):
        square, later = cubic(parts[i], parts[i]), cubic(parts[i], x[(i + 1) * chunk :])  # the kernel is symmetric
        own = square.sum(1, dtype=torch.float64) - square.diagonal() + later.sum(1, dtype=torch.float64)
        sums[i * chunk : (i + 1) * chunk] += own
        sums[(i + 1) * chunk :] += later.sum(0, dtype=torch.float64)
    return total(sums) / (len(x) - 1)


def means_between(
    x: Float[Tensor, "n d"], y: Float[Tensor, "m d"], chunk: int
) -> tuple[Float[Tensor, " n"], Float[Tensor, " m"]]:
    """Returns the mean of k(xᵢ, yⱼ) over j for each i, and over i for each j, as float64."""
    parts = x.split(chunk)
    rows, columns = (each.new_zeros(len(each), dtype=torch.float64) for each in (x, y))
    for i in bar(share(range(len(parts))), "intervals of the kernel distance"):
        kernel = cubic(parts[i], y)
        rows[i * chunk : (i + 1) * chunk] = kernel.sum(1, dtype=torch.float64)
        columns += kernel.sum(0, dtype=torch.float64)
    return total(rows) / len(y), total(columns) / len(x)


def cubic(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """Returns (x·y / d + 1)³ of all pairs."""
    return (x @ y.T).div_(x.shape[1]).add_(1.0).pow_(3)  # in place, since new memory costs more than the arithmetic
