"""Gathers the samples of all ranks."""

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from gan_lab.metric.features import Features


@final
class Gathered(Metric):
    """Stores samples; `compute` returns those of all ranks on every rank, in the order of ranks.

    Ranks may have unequal numbers of samples, or none.
    """

    is_differentiable = False
    full_state_update = False

    empty: Tensor
    samples: list[Tensor] | Tensor

    def __init__(self, *, empty: Tensor) -> None:
        """`empty` is a tensor of no samples with the right shape, type and device."""
        super().__init__()
        self.register_buffer("empty", empty, persistent=False)
        self.to(empty.device)
        self.add_state("samples", [], dist_reduce_fx="cat")
        self.reset()

    def update(self, samples: Tensor) -> None:
        assert isinstance(self.samples, list)
        self.samples.append(samples)

    def compute(self) -> Tensor:
        return dim_zero_cat(self.samples)

    def reset(self) -> None:
        """Removes all samples."""
        super().reset()
        # Ranks must gather tensors with the same number of axes, also one that was given no samples: for an
        # empty list torchmetrics would send a vector, and the ranks would wait for each other for ever.
        self.samples = [self.empty]


def everyones(parts: Sequence[Features], nothing: Features) -> Features:
    """Returns the features and the logits of all ranks, in the order of ranks; `parts` are this rank's, `nothing` is a
    selection of no samples."""

    def all_of(name: str) -> Tensor | None:
        empty: Tensor | None = getattr(nothing, name)
        if empty is None:
            return None
        gathered = Gathered(empty=empty)
        gathered.update(torch.cat([empty, *(getattr(part, name) for part in parts)]))
        return gathered.compute()

    features = all_of("features")
    assert features is not None
    return Features(features, all_of("logits"))
