"""The input of metrics: features and the reference."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from gan_lab.runs.cache import Tensors


@dataclass(frozen=True, slots=True)
class Features:
    """The features of images, and whatever else is known about the images.

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
        """Returns the same selection of every tensor."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: select(value) for name, value in values.items() if value is not None})

    def to(self, device: torch.device) -> "Features":
        """Returns the same on `device`."""
        return self.map(lambda values: values.to(device))


class Part(NamedTuple):
    """Something dear to compute that depends on real samples alone, and is kept for the next time."""

    name: str
    """The name, with every setting that it depends on and a version, which is raised when the same settings would give
    other values."""
    what: str
    """What it is and what it is for, in a few words, for whoever waits."""
    real: bool = True
    """Whether it depends on the real side of the comparison."""
    train: int = 0
    """The number of the first training samples that it depends on."""


Remember = Callable[[Part, Callable[[], Tensors]], Tensors]
"""`remember(part, compute)` returns the result of `compute`, cached on disk for the same part of the same samples."""


def compute_again(part: Part, compute: Callable[[], Tensors]) -> Tensors:
    """Computes the result without caching it."""
    return compute()


@dataclass(frozen=True, slots=True)
class Reference:
    """The real side of a comparison.

    `train(n)` returns the features of the first n training images (all, if they are fewer), for metrics of copying.
    """

    real: Features
    train: Callable[[int], Features] | None = None
    remember: Remember = compute_again
