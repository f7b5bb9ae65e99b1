"""Coverage of the modes of a mixture of Gaussians in the plane."""

import math
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torchmetrics import Metric

from gan_lab.maths.sampling_error import deviations_of_counts


@final
class ModeCoverage(Metric):
    """Measures samples of a mixture of k equally likely Gaussians N(m, s² I) in the plane.

    A sample is of high quality if it is nearer than t standard deviations to a mode (Mahalanobis distance < t).
    `high_quality_share` is the share of such samples, which is 1 - exp(-t²/2) for the true distribution.
    `modes_covered` is the number of modes with at least one such sample. `reverse_kl` is KL(q || p) in nats, where q
    are the shares of the k modes and of "none", and p the true shares, (1 - exp(-t²/2)) / k and exp(-t²/2). It is about
    k / 2n for n samples of the true distribution.

    Counts of high-quality samples and of modes: Lin et al. 2018 (PacGAN, arXiv 1712.04086), with t = 3; later papers
    use 4. *Deviations:* they compare q with a histogram of drawn samples. Here p is known and contains the share
    "none", so that a generator whose samples miss all modes is not perfect.

    The state is the histogram, summed over ranks.
    """

    is_differentiable = False
    full_state_update = False
    keys = ("modes_covered", "high_quality_share", "reverse_kl")

    modes: Float[Tensor, "k 2"]
    counts: Int[Tensor, " bins"]

    def __init__(self, *, modes: Float[Tensor, "k 2"], std: float, threshold: float) -> None:
        super().__init__()
        self.register_buffer("modes", modes, persistent=False)
        self.to(modes.device)
        self.std = std
        self.threshold = threshold
        zeros = torch.zeros(len(modes) + 1, dtype=torch.int64, device=modes.device)
        self.add_state("counts", zeros, dist_reduce_fx="sum")

    def update(self, points: Float[Tensor, "n 2"]) -> None:
        self.counts = self.counts + mode_histogram(points, self.modes, self.std, self.threshold)

    def compute(self) -> dict[str, float]:
        return mode_coverage(self.counts, self.threshold)

    def most(self) -> dict[str, float]:
        """Returns the greatest value that is possible, by name, where it depends on the modes."""
        return {"modes_covered": float(len(self.modes))}

    def deviations(self, points: Float[Tensor, "n 2"]) -> dict[str, float]:
        """Returns the standard deviations of the sampling errors of the values of these points, by halves of them."""
        counts = mode_histogram(points, self.modes, self.std, self.threshold)
        return deviations_of_counts(lambda some: mode_coverage(some, self.threshold), counts)


def mode_histogram(
    points: Float[Tensor, "n 2"], modes: Float[Tensor, "k 2"], std: float, threshold: float
) -> Int[Tensor, " bins"]:
    """Returns how many points are nearer than threshold × std to each mode (of several, the nearest), and to none."""
    distances = torch.cdist(points.double(), modes.double(), compute_mode="donot_use_mm_for_euclid_dist")
    nearest, mode = distances.min(1)
    bins = mode.where(nearest < threshold * std, len(modes))
    return torch.bincount(bins, minlength=len(modes) + 1)


def mode_coverage(counts: Int[Tensor, " bins"], threshold: float) -> dict[str, float]:
    """Returns the three values of `ModeCoverage` from the histogram of k modes and "none"."""
    none = math.exp(-(threshold**2) / 2)
    k = len(counts) - 1
    truth = torch.tensor([(1 - none) / k] * k + [none], dtype=torch.float64, device=counts.device)
    shares = counts.double() / counts.sum()
    return {
        "modes_covered": float((counts[:-1] > 0).sum()),
        "high_quality_share": 1.0 - shares[-1].item(),
        "reverse_kl": torch.xlogy(shares, shares / truth).sum().item(),
    }
