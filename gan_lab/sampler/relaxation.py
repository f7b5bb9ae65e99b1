"""How far chains have relaxed to their law, estimated from how they forget their start."""

from math import exp, log

from jaxtyping import Float
from torch import Tensor

from gan_lab.maths.float64 import double

ENOUGH = 3.0
"""The number of relaxation times after which a chain counts as relaxed: 5 % of the start are left."""
LEAST_NUMBERS = 400
"""The number of coordinates of all chains below which chance alone would leave more than 5 %."""
LEAST_LEFT = 1e-9


class Relaxation:
    """Estimates the relaxation time of many chains from their autocorrelation with the start.

    r(t) = sum (z_t - mean z_t) (z_0 - mean z_0) / sum (z_0 - mean z_0)^2 over all chains and coordinates, with the mean
    of each coordinate over the chains, is the slope of z_t on z_0: the share of the start that is left after t steps.
    Unlike an autocorrelation within one chain it needs no stationary chain, and it falls slowly too where chains stay
    in the mode that they started in. For unadjusted Langevin steps of size eps in a Gaussian of curvature c it is
    (1 - eps c / 2)^t, and the relaxation time is 1 / (eps c / 2) for small steps. Directions that relax at different
    rates are averaged.
    """

    def __init__(self, start: Float[Tensor, "n d"]) -> None:
        self.start = double(start) - double(start).mean(0, keepdim=True)
        self.square = self.start.square().sum().item()
        self.left = 1.0
        """r, at the step `at`."""
        self.at = self.steps = 0

    def step(self, place: Float[Tensor, "n d"]) -> None:
        """Follows the chains to their next positions, which have the order of the start."""
        self.steps += 1
        if self.square and self.left > exp(-ENOUGH):
            self.left = abs((self.start * double(place)).sum().item()) / self.square
            self.at = self.steps

    @property
    def times(self) -> float | None:
        """The number of steps by the relaxation time, -t / log r(t) at the first t where r(t) is at most exp(-3), or at
        the last. None for too few chains to tell, and for chains that start at one place."""
        if self.start.numel() < LEAST_NUMBERS or not self.square:
            return None
        left = min(1.0, max(self.left, LEAST_LEFT))
        return -self.steps / max(1, self.at) * log(left)
