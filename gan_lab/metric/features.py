"""What a metric is given."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from gan_lab.runs.cache import Tensors


@dataclass(frozen=True, slots=True)
class Features:
    """Images as an extractor sees them, and whatever else is known of them.

    `logits` are log-probabilities of classes up to a constant, where the extractor is a classifier. `label` is the
    class of a real image; of a generated one, the class or the mixture component that it was drawn for.
    """

    features: Float[Tensor, "n d"]
    logits: Float[Tensor, "n k"] | None = None
    images: UInt8[Tensor, "n c h w"] | None = None
    label: Int[Tensor, " n"] | None = None

    def __len__(self) -> int:
        return len(self.features)

    def map(self, select: Callable[[Tensor], Tensor]) -> "Features":
        """The same selection of everything."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: select(value) for name, value in values.items() if value is not None})

    def to(self, device: torch.device) -> "Features":
        """The same on `device`."""
        return self.map(lambda values: values.to(device))


Remember = Callable[[str, Callable[[], Tensors]], Tensors]
"""`remember(name, compute)`: what `compute` gives, from the disk if it was computed before for the same reference."""


def compute_again(name: str, compute: Callable[[], Tensors]) -> Tensors:
    """Remembers nothing."""
    return compute()


@dataclass(frozen=True, slots=True)
class Reference:
    """The real side of a comparison.

    `train(n)` gives the first n training images (all, if they are fewer) as the extractor sees them; for the few
    metrics that ask whether they were copied.
    """

    real: Features
    train: Callable[[int], Features] | None = None
    remember: Remember = compute_again
