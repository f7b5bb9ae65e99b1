"""Batch statistics, by which a critic can see that fakes are too similar; a single sample does not show this."""

from abc import ABC, abstractmethod
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.maths.float32 import at_least_single

GROUP = 4
ROWS = 64


class BatchStatistics(nn.Module, ABC):
    """Appends `added` numbers to the features of each sample, which compare it with its batch.

    The batch is the one that the critic is called with: reals or fakes, and with several processes the share of this
    process. So a score depends on the batch and its size, in evaluation too, and there are no per-sample gradients.
    `norm=spectral` does not normalise these numbers, so the critic's Lipschitz constant is no longer known.
    """

    @property
    @abstractmethod
    def added(self) -> int:
        """The number of statistics that are appended to each sample's features."""

    @abstractmethod
    def numbers(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b n"]:
        """Returns the statistics of each sample, n = `added`."""

    def forward(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b m"]:
        # In half precision, 1e-8 is 0 and sums over a batch are rounded coarsely.
        with torch.autocast(features.device.type, enabled=False):
            exact = at_least_single(features)
            return torch.cat([exact, self.numbers(exact)], 1)


@final
class MinibatchStddev(BatchStatistics):
    """Appends mean_j sqrt(var_j + 1e-8) to all samples of a group; var_j is the biased variance of feature j in it.

    A batch of B is divided into B / 4 groups of 4: sample i with i + B / 4, i + B / 2 and i + 3 B / 4. If 4 does not
    divide B, the size of groups is the smallest divisor of B above 4, at worst B; if B is below 4, there is one group.
    A single sample has the value 1e-4. There are no parameters.
    Source: Karras et al. 2018, arXiv 1710.10196, section 3. Groups of 4 are from their code, where 4 must divide B.
    Deviation: the statistic is of the features before the last layer, not of feature maps before a last convolution.
    """

    @property
    def added(self) -> int:
        return 1

    def numbers(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b 1"]:
        size = group_size(len(features))
        variance = features.unflatten(0, (size, -1)).var(0, correction=0)
        return (variance + 1e-8).sqrt().mean(1, keepdim=True).repeat(size, 1)


def group_size(batch: int) -> int:
    """Returns the smallest divisor of `batch` that is at least 4, or `batch` if there is none."""
    return next((size for size in range(GROUP, batch) if batch % size == 0), batch)


@final
class MinibatchDiscrimination(BatchStatistics):
    """Appends o_ik = sum_{j != i} exp(-||M_ik - M_jk||_1),  M_i = h_i T:  closeness to the others, for each kernel k.

    T maps F features to `kernels` points of `dims` numbers and is trained with the critic. In a batch of B, o_ik lies
    between 0 (no sample is near) and B - 1 (all are equal).

    T is drawn from N(0, 1 / F). Then the expected distance is dims sqrt(2 / pi) = 4 times the root mean square
    difference of two samples' features. That difference is 0.06 to 0.2 between real samples here, and 2 with layer
    norm: never so large that all o are 0 and T cannot learn.
    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.2; kernels, dims and the sum without j = i are from their
    code. Deviations: their code also starts with columns of length 1, but then scales T by a first batch and adds a
    bias, which the last layer has anyway.
    """

    def __init__(self, features: int, *, kernels: int = 100, dims: int = 5) -> None:
        super().__init__()
        self.kernels = kernels
        self.dims = dims
        self.weight = nn.Parameter(torch.randn(features, kernels * dims) / features**0.5)

    @property
    def added(self) -> int:
        return self.kernels

    def numbers(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b n"]:
        points = (features @ self.weight).unflatten(1, (self.kernels, self.dims)).transpose(0, 1).contiguous()
        # In blocks of rows, since pictures of scores in the plane call the critic with thousands of samples.
        near = [torch.cdist(rows, points, p=1).neg().exp().sum(2) for rows in points.split(ROWS, 1)]
        return torch.cat(near, 1).T - 1  # without j = i, which is exp(0) = 1
