"""The flow from a standard normal law to a Gaussian, whose velocity is known."""

import torch
from torch import Tensor

from gan_lab.network.velocity import Velocity


class GaussianVelocity(Velocity):
    """E[x - z | x_t] for z ~ N(0, I) and x ~ N(mean, std^2 I), independent, with x_t = (1 - t) z + t x."""

    def __init__(self, mean: float, std: float, shape: tuple[int, ...] = (2,)) -> None:
        super().__init__(shape=shape)
        self.mean, self.std = mean, std
        self.scale = torch.nn.Parameter(torch.ones(()))
        """What the slope is multiplied by: 1 is right."""

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return self.mean + self.scale * self.slope(t) * (x - t[:, None] * self.mean)

    def slope(self, t: Tensor) -> Tensor:
        return ((t * self.std**2 - (1 - t)) / self.variance(t))[:, None]

    def variance(self, t: Tensor) -> Tensor:
        """That of x_t."""
        return (1 - t) ** 2 + (t * self.std) ** 2
