"""The earth mover's distance between two sets of points."""

from typing import final

import torch
from jaxtyping import Float, Float64
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from gan_lab.maths.assignment import solve
from gan_lab.maths.sampling_error import standard_error
from gan_lab.metric.features import Features, Reference
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

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        """Returns the deviation of the distance, whose influences are the potentials of the best matching. Source: del
        Barrio & Loubes 2019 (arXiv 1705.01299)."""
        m = min(self.points, len(self.real), len(fake))
        plan = solve(lengths(self.real[:m], fake.features[:m]))
        return {"emd": standard_error(plan.rows, plan.columns)}


def earth_mover_distance(x: Float[Tensor, "m d"], y: Float[Tensor, "m d"]) -> float:
    """Returns the mean distance in the best one-to-one matching of x and y, in float64. Raises ValueError for no
    points."""
    if len(x) == 0:
        raise ValueError("the earth mover's distance needs at least one point on each side")
    cost = lengths(x, y).numpy()
    return float(cost[linear_sum_assignment(cost)].mean())


def lengths(x: Float[Tensor, "m d"], y: Float[Tensor, "n d"]) -> Float64[Tensor, "m n"]:
    """Returns |x - y| of all pairs, in float64 on the CPU."""
    return torch.cdist(x.double(), y.double(), compute_mode="donot_use_mm_for_euclid_dist").cpu()
