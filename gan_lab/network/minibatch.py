"""What shows a critic the variety of its batch: one sample alone cannot tell that all fakes are alike."""

from abc import ABC, abstractmethod
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.maths.float32 import at_least_single

GROUP = 4
ROWS = 64


class BatchStatistics(nn.Module, ABC):
    """Appends `added` numbers to the features of each sample, which say how it lies among its batch.

    The batch is what the critic is called with: reals or fakes, with several processes each its own share. So a score
    depends on the batch and on its size, in evaluation too, and no gradient by one's own sample exists. Numbers are
    not normalised by `norm=spectral`: a critic that has them is no longer Lipschitz with a known constant.
    """

    @property
    @abstractmethod
    def added(self) -> int:
        """How many numbers each sample is given."""

    @abstractmethod
    def numbers(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b n"]:
        """What is appended."""

    def forward(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b m"]:
        # Half precision knows no 1e-8, and counts a batch in steps.
        with torch.autocast(features.device.type, enabled=False):
            exact = at_least_single(features)
            return torch.cat([exact, self.numbers(exact)], 1)


@final
class MinibatchStddev(BatchStatistics):
    """mean_j sqrt(var_j + 1e-8): one number for all samples of a group, var_j its biased variance of feature j.

    A batch of B is B / 4 groups of 4: sample i with i + B / 4, i + B / 2 and i + 3 B / 4. Where 4 does not divide B,
    groups are of its smallest divisor above 4, at worst the whole batch; a B below 4 is one group. One sample alone
    has 1e-4. Nothing is learnt here.
    Source: Karras et al. 2018, arXiv 1710.10196, section 3; groups of 4 are their code's, which takes multiples only.
    Deviation: of the features before the last layer, not of feature maps before a last convolution.
    """

    @property
    def added(self) -> int:
        return 1

    def numbers(self, features: Float[Tensor, "b f"]) -> Float[Tensor, "b 1"]:
        size = group_size(len(features))
        variance = features.unflatten(0, (size, -1)).var(0, correction=0)
        return (variance + 1e-8).sqrt().mean(1, keepdim=True).repeat(size, 1)


def group_size(batch: int) -> int:
    """The smallest divisor of `batch` from 4 on; all of it where there is none."""
    return next((size for size in range(GROUP, batch) if batch % size == 0), batch)


@final
class MinibatchDiscrimination(BatchStatistics):
    """o_ik = sum_{j != i} exp(-||M_ik - M_jk||_1),  M_i = h_i T:  how close the others are, in each of the `kernels`.

    T maps F features to `kernels` points of `dims` numbers and is trained with the critic. In a batch of B a number
    lies between 0, nobody near, and B - 1, all alike.

    T starts as N(0, 1 / F). Then the expected distance is dims sqrt(2 / pi) = 4 times the root mean square difference
    of two samples' features: here 0.06 to 0.2 between real samples and 2 with layer norm, and never so far that o is
    flat at 0 and T cannot learn.
    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.2; kernels, dims and the sum without i itself are their
    code's. Deviations: that gives the columns of T length 1 too, but scales them by a first batch, and adds a bias,
    which the last layer has anyway.
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
        # Some rows at a time: whoever draws a plane of scores calls with thousands of samples.
        near = [torch.cdist(rows, points, p=1).neg().exp().sum(2) for rows in points.split(ROWS, 1)]
        return torch.cat(near, 1).T - 1  # without itself: exp(0)
