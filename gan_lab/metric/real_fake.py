"""A torchmetrics metric that compares features of generated samples with fixed real ones."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat


class RealFakeMetric(Metric, ABC):
    """The real side is given once, the same on every rank; the fake side is updated, and gathered over ranks.

    Only the fake side is a torchmetrics state: `reset` keeps the real one, and no synchronisation counts it
    twice.
    """

    is_differentiable = False
    higher_is_better = None
    full_state_update = False

    real: Float[Tensor, "n d"]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("real", torch.empty(0, 0), persistent=False)

    def set_real(self, features: Float[Tensor, "n d"]) -> None:
        """Takes the real features, on the device where the metric shall compute, and forgets all fake ones.

        Raises ValueError for fewer than two.
        """
        if len(features) < 2:
            raise ValueError(f"{len(features)} real samples are too few to compare with")
        self.to(features.device)
        self.real = features
        self._take_real()
        self.reset()

    def of(self, features: Float[Tensor, "m d"]) -> dict[str, float]:
        """The metric of these features alone, on this process alone; what `update` was given stays as it
        is."""
        other = self.clone()
        other.sync_on_compute = other._to_sync = False
        other.reset()
        other.update(features)
        return other.compute()

    @property
    @abstractmethod
    def keys(self) -> tuple[str, ...]:
        """The names of the values that `compute` gives."""

    def protocol(self) -> dict[str, str | int | float]:
        """What one must know of the metric besides its name."""
        return {}

    @abstractmethod
    def update(self, features: Float[Tensor, "m d"]) -> None:
        """Adds features of generated samples; m may be 0."""

    @abstractmethod
    def compute(self) -> dict[str, float]:
        """The values by name, of all ranks' samples. Raises ValueError where they are too few."""

    @abstractmethod
    def _take_real(self) -> None:
        """Prepares for `self.real`: the shape of the states, and whatever needs no fake side."""


class GatheredMetric(RealFakeMetric, ABC):
    """A metric that needs all generated samples at once, not only their sums."""

    fake: list[Float[Tensor, "m d"]] | Float[Tensor, "m d"]

    def __init__(self) -> None:
        super().__init__()
        self.add_state("fake", [], dist_reduce_fx="cat")

    def update(self, features: Float[Tensor, "m d"]) -> None:
        assert isinstance(self.fake, list)
        self.fake.append(features)

    def reset(self) -> None:
        """Forgets the generated samples."""
        super().reset()
        # Ranks must gather tensors of equal rank, one each, also one that was given no samples:
        # torchmetrics would send a vector of length 0 for it, and the others wait for a matrix.
        self.fake = [self.real[:0]]

    def gathered(self) -> Float[Tensor, "m d"]:
        """All generated samples: this rank's, or all ranks' inside `compute`."""
        return dim_zero_cat(self.fake)

    def _take_real(self) -> None:
        pass
