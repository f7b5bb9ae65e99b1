"""The earth mover's distance between two sets of points."""

from typing import final

import torch
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from gan_lab.metric.real_fake import GatheredMetric


@final
class EarthMoverDistance(GatheredMetric):
    """min over permutations π of (1/m) Σᵢ |xᵢ - y_π(i)|, the exact 1-Wasserstein distance of m and m points.

    It is solved as an assignment problem on the first m points of each side, with m at most `points`. It is in the
    units of the data. Two samples of one distribution have a distance above 0, see the floor. In two dimensions the
    distance shows every difference; in many dimensions the floor hides all but coarse ones.
    """

    keys = ("emd",)

    def __init__(self, *, points: int = 1000) -> None:
        """`points` is the largest number of points of each side; the time grows with its cube."""
        super().__init__()
        self.points = points

    def protocol(self) -> dict[str, str | int | float]:
        return {"emd_points": min(self.points, len(self.real))}

    def compute(self) -> dict[str, float]:
        fake = self.gathered()
        m = min(self.points, len(self.real), len(fake))
        return {"emd": earth_mover_distance(self.real[:m], fake[:m])}


def earth_mover_distance(x: Float[Tensor, "m d"], y: Float[Tensor, "m d"]) -> float:
    """Returns the mean distance in the best one-to-one matching of x and y, in float64. Raises ValueError for no
    points."""
    if len(x) == 0:
        raise ValueError("the earth mover's distance needs at least one point on each side")
    lengths = torch.cdist(x.double(), y.double(), compute_mode="donot_use_mm_for_euclid_dist").cpu().numpy()
    return float(lengths[linear_sum_assignment(lengths)].mean())
