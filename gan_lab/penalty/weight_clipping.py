"""The weight clipping of the original WGAN."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector

from gan_lab.domains import Positive
from gan_lab.penalty.base import WeightConstraint


@final
class WeightClipping(WeightConstraint):
    """Clips every parameter of the critic, biases too, to [-limit, limit] after each critic step.

    The critic is then Lipschitz with an unknown constant. Diagnostic `clipped_share`: the share of all parameters at
    the limit, to which clipping drives most of them (Gulrajani et al. 2017, arXiv 1704.00028, figure 1).
    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1.
    """

    def __init__(self, *, limit: Positive) -> None:
        self.limit = limit

    @torch.no_grad()
    def __call__(self, critic: nn.Module) -> None:
        for parameter in critic.parameters():
            parameter.clamp_(-self.limit, self.limit)

    def diagnostics(self, critic: nn.Module) -> dict[str, Float[Tensor, ""]]:
        weights = parameters_to_vector(critic.parameters()).detach()
        return {"clipped_share": (weights.abs() >= self.limit).float().mean()}
