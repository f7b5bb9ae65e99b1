"""Data held in memory."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from gan_lab.images import from_uint8
from gan_lab.types import Batch


@dataclass(frozen=True, slots=True)
class Samples:
    """Images as uint8 (a quarter of the memory of floats) or points, with class labels if there are any."""

    values: UInt8[Tensor, "n c h w"] | Float[Tensor, "n d"]
    labels: Int64[Tensor, " n"] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def batch(self, indices: Int64[Tensor, " b"]) -> Batch:
        """Returns the samples at `indices` (on the device of the samples): images in [-1, 1], points unchanged."""
        chosen = self.subset(indices)
        values = chosen.values
        return Batch(from_uint8(values) if values.dtype == torch.uint8 else values, chosen.labels)

    def subset(self, which: Int64[Tensor, " b"] | slice) -> "Samples":
        """Returns the samples at `which`, in this order."""
        return Samples(self.values[which], None if self.labels is None else self.labels[which])

    def to(self, device: torch.device) -> "Samples":
        """Returns the same samples on `device`."""
        return Samples(self.values.to(device), None if self.labels is None else self.labels.to(device))
