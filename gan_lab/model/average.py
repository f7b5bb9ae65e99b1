"""The exponential moving average of what generates."""

from copy import deepcopy

import torch
from torch import Tensor, nn

STATISTICS = ("running_mean", "running_var")


class Average(nn.Module):
    """A second generator and prior whose weights trail the trained ones:  a <- b a + (1 - b) w.

    b = min(decay, (1 + t) / (10 + t)) after t generator steps, so that the random start is forgotten soon. The running
    statistics of batch norm are averaged alike: those of the trained network belong to other weights, and are noisy.
    Other buffers are copied: a spectral norm's vectors have no mean. `decay` 0 makes it a copy.
    Source of the ramp: the ExponentialMovingAverage of TensorFlow (memory); of averaging generators: Yazıcı et al.
    2019, arXiv 1806.04498.
    """

    def __init__(self, *, decay: float, **networks: nn.Module) -> None:
        super().__init__()
        if not 0 <= decay < 1:
            raise ValueError(f"ema_decay must lie in [0, 1), and {decay} does not")
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
