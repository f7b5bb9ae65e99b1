"""The weight clipping of the first WGAN."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector

from gan_lab.domains import Positive
from gan_lab.penalty.base import WeightConstraint


@final
class WeightClipping(WeightConstraint):
    """Every parameter of the critic into [-limit, limit], biases too, after each of its steps.

    Keeps the critic Lipschitz with some unknown constant. Diagnostic `clipped_share`: the share of all parameters that
    lie at the limit, where clipping drives most of them (Gulrajani et al. 2017, arXiv 1704.00028, figure 1).
    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1.
    """

    def __init__(self, *, limit: Positive) -> None:
        if limit <= 0:
            raise ValueError(f"weight clipping needs a limit above 0, not {limit}")
        self.limit = limit

    @torch.no_grad()
    def __call__(self, critic: nn.Module) -> None:
        for parameter in critic.parameters():
            parameter.clamp_(-self.limit, self.limit)

    def diagnostics(self, critic: nn.Module) -> dict[str, Float[Tensor, ""]]:
        weights = parameters_to_vector(critic.parameters()).detach()
        return {"clipped_share": (weights.abs() >= self.limit).float().mean()}
