"""The weight clipping of the first WGAN."""

from typing import final

import torch
from torch import nn

from gan_lab.penalty.base import WeightConstraint


@final
class WeightClipping(WeightConstraint):
    """Every parameter of the critic into [-limit, limit], biases too, after each of its steps.

    Keeps the critic Lipschitz with some unknown constant. Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1.
    """

    def __init__(self, *, limit: float) -> None:
        if limit <= 0:
            raise ValueError(f"weight clipping needs a limit above 0, not {limit}")
        self.limit = limit

    @torch.no_grad()
    def __call__(self, critic: nn.Module) -> None:
        for parameter in critic.parameters():
            parameter.clamp_(-self.limit, self.limit)
