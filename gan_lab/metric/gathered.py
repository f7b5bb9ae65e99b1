"""All ranks' samples in one place."""

from typing import final

from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat


@final
class Gathered(Metric):
    """Keeps samples as they are; `compute` gives every rank those of all ranks, rank by rank.

    Ranks may have unequal numbers of samples, or none.
    """

    is_differentiable = False
    full_state_update = False

    empty: Tensor
    samples: list[Tensor] | Tensor

    def __init__(self, *, empty: Tensor) -> None:
        """`empty`: no samples, of the right shape, type and device."""
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
        """Forgets all samples."""
        super().reset()
        # Ranks must gather tensors with the same number of axes, also one that was given no samples: for an
        # empty list torchmetrics would send a vector, and the ranks would wait for each other for ever.
        self.samples = [self.empty]
