"""How far the mass of one cloud must be carried to become another."""

from typing import final

import torch
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from gan_lab.metric.real_fake import GatheredMetric


@final
class EarthMoverDistance(GatheredMetric):
    """min over permutations π of (1/m) Σᵢ |xᵢ - y_π(i)|, the exact 1-Wasserstein distance of m and m points.

    Solved as an assignment problem on the first m = min(`points`, samples there are) points of each side.
    In the units of the data; two draws of one law are not at 0, see the floor. In two dimensions this sees
    everything; in many, the floor hides all but coarse errors.
    """

    keys = ("emd",)

    def __init__(self, *, points: int = 1000) -> None:
        """`points`: how many of each side at most; the time grows with the cube."""
        super().__init__()
        self.points = points

    def protocol(self) -> dict[str, str | int | float]:
        return {"emd_points": min(self.points, len(self.real))}

    def compute(self) -> dict[str, float]:
        fake = self.gathered()
        m = min(self.points, len(self.real), len(fake))
        return {"emd": earth_mover_distance(self.real[:m], fake[:m])}


def earth_mover_distance(x: Float[Tensor, "m d"], y: Float[Tensor, "m d"]) -> float:
    """The mean length of the best one-to-one matching of x and y, in float64. Raises ValueError for no
    points."""
    if len(x) == 0:
        raise ValueError("there is no distance between no points")
    lengths = torch.cdist(x.double(), y.double(), compute_mode="donot_use_mm_for_euclid_dist").cpu().numpy()
    return float(lengths[linear_sum_assignment(lengths)].mean())
