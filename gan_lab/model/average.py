"""The exponential moving average of the generator and the prior."""

from collections.abc import Mapping
from copy import deepcopy

import torch
from torch import Tensor, nn

from gan_lab.domains import BelowOne, Declared, Positive


class Average(nn.Module, Declared):
    """A second generator and prior whose weights a follow the trained ones w:  a <- b a + (1 - b) w.

    b = min(decay, (1 + t) / (10 + t)) after t generator steps, so that the random start is soon forgotten. With
    `decay` 0 it is a copy. A `half_life` in real images replaces the decay by 2^(-i / half_life), where i images were
    used since the last update: then the average covers as many images with any size of batch and any n_critic.
    Buffers are copied, because averages of them, such as the vectors of a spectral norm, have no meaning. The running
    statistics of batch norm are copied, too, and replaced before the average is used: `AdversarialModule.settle`.
    Source: Yazıcı et al. 2019, arXiv 1806.04498, for averaging generators; b is that of TensorFlow's
    ExponentialMovingAverage (from memory). Karras et al. 2020, arXiv 1912.04958, for the half-life in images.
    """

    def __init__(
        self, *, decay: BelowOne, half_life: Positive | None = None, networks: Mapping[str, nn.Module]
    ) -> None:
        super().__init__()
        self.decay = decay
        self.half_life = half_life
        self.networks = nn.ModuleDict({name: deepcopy(network) for name, network in networks.items()})
        self.requires_grad_(False)

    @property
    def is_copy(self) -> bool:
        return self.decay == 0 and self.half_life is None

    @torch.no_grad()
    def update(self, step: int, images: int, **networks: nn.Module) -> None:
        """Moves the average after generator step `step` (counted from 1) and `images` real ones since the last."""
        wanted = self.decay if self.half_life is None else 0.5 ** (images / self.half_life)
        decay = min(wanted, (1 + step) / (10 + step)) if wanted else 0.0
        for name, network in networks.items():
            mine = self.networks[name]
            averaged: list[Tensor] = list(mine.parameters())
            trained: list[Tensor] = list(network.parameters())
            for buffer, source in zip(mine.buffers(), network.buffers(), strict=True):
                buffer.copy_(source)
            if averaged:
                torch._foreach_lerp_(averaged, trained, 1 - decay)
