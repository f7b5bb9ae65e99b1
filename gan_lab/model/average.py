"""The exponential moving average of the generator and the prior."""

from copy import deepcopy

import torch
from torch import Tensor, nn

from gan_lab.domains import BelowOne, Declared

STATISTICS = ("running_mean", "running_var")


class Average(nn.Module, Declared):
    """A second generator and prior whose weights a follow the trained ones w:  a <- b a + (1 - b) w.

    b = min(decay, (1 + t) / (10 + t)) after t generator steps, so that the random start is soon forgotten. The running
    statistics of batch norm are averaged too, since those of the trained network belong to other weights and are noisy.
    Other buffers are copied, because averages of them, such as the vectors of a spectral norm, have no meaning. With
    `decay` 0 it is a copy.
    Source: Yazıcı et al. 2019, arXiv 1806.04498, for averaging generators; b is that of TensorFlow's
    ExponentialMovingAverage (from memory).
    """

    def __init__(self, *, decay: BelowOne, **networks: nn.Module) -> None:
        super().__init__()
        self.decay = decay
        self.networks = nn.ModuleDict({name: deepcopy(network) for name, network in networks.items()})
        self.requires_grad_(False)

    @torch.no_grad()
    def update(self, step: int, **networks: nn.Module) -> None:
        """Moves the average after generator step `step` (counted from 1)."""
        decay = min(self.decay, (1 + step) / (10 + step)) if self.decay else 0.0
        for name, network in networks.items():
            mine = self.networks[name]
            averaged: list[Tensor] = list(mine.parameters())
            trained: list[Tensor] = list(network.parameters())
            for (key, buffer), source in zip(mine.named_buffers(), network.buffers(), strict=True):
                if key.endswith(STATISTICS):
                    averaged.append(buffer)
                    trained.append(source)
                else:
                    buffer.copy_(source)
            if averaged:
                torch._foreach_lerp_(averaged, trained, 1 - decay)
