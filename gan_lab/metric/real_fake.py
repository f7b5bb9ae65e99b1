"""A torchmetrics metric that compares generated samples with fixed real ones."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from gan_lab.domains import Declared
from gan_lab.metric.features import Features, Reference
from gan_lab.network.base import Generator
from gan_lab.prior.base import LatentPrior


class TooAlikeError(ValueError):
    """The real samples are too few or too alike for this metric: it is left out, and others go on."""


class RealFakeMetric(Metric, Declared, ABC):
    """A metric with a fixed real side, the same on every rank, and a fake side that is gathered over ranks.

    Only the fake side is a torchmetrics state, so `reset` keeps the real side, and synchronisation does not count it
    several times.
    """

    is_differentiable = False
    higher_is_better = None
    full_state_update = False

    needs_classes: bool = False
    """Whether it means nothing unless the extractor tells the data's own classes apart."""
    takes_any_classes = False
    """Whether it also takes the classes of an extractor that `scores_any_images`."""
    uses_labels = False
    """Whether its values depend on `Features.label`."""
    needs_real_labels = False
    """Whether it means nothing without the class labels of the real samples."""
    needs_label_classes = False
    """Whether it means nothing unless generated samples were drawn for classes, `label_classes`."""
    needs_generator = False
    """Whether it asks the generator for other samples than those that it is given."""
    needs_components = False
    """Whether it was asked for in vain where generated samples have no labels, since their prior has no components."""
    of_independent: tuple[str, ...] = ()
    """Those of its values that mean nothing unless the real samples are independent of each other."""
    label_classes = 0
    """See `Evaluator.label_classes`, which sets it."""
    networks: tuple[Generator, LatentPrior] | None = None
    """See `Evaluator.networks`, which sets it. In a tuple, they do not become a part of the metric."""
    by_class: dict[str, Float[Tensor, " c"]] | None = None
    """For a metric that has them, values of each of the classes in `compared`, at the last `compute`."""
    compared: Sequence[int] = ()
    title_by_class = ""
    """The title of the picture of these values."""
    version = 1
    """Raise it when the same settings would give other values: cached floors have it in their key."""

    real: Float[Tensor, "n d"]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("real", torch.empty(0, 0), persistent=False)

    @property
    def identity(self) -> str:
        """The class, its version and the values of all arguments of its constructor."""
        names = [*inspect.signature(type(self).__init__).parameters][1:]
        return f"{type(self).__name__} {self.version} { ({name: getattr(self, name) for name in names}) }"

    def plan(self, train: int) -> None:
        """Takes the number of training samples that there are, which `protocol` may state. Computes nothing."""

    def set_reference(self, reference: Reference) -> None:
        """Sets the real side, on the device where the metric computes, and removes all fake samples.

        Raises ValueError for fewer than two real samples, and if the reference lacks what the metric needs.
        """
        if len(reference.real) < 2:
            raise ValueError(f"{len(reference.real)} real samples are too few to compare with")
        self.to(reference.real.features.device)
        self.real = reference.real.features
        self._take_real(reference)
        self.reset()

    def of(self, fake: Features) -> dict[str, float]:
        """Returns the metric of these samples alone, on this process alone, without changing the state of `update`."""
        other = self.clone()
        other.sync_on_compute = other._to_sync = False
        other.reset()
        other.update(fake)
        return other.compute()

    def floor(self, train: Features) -> dict[str, float]:
        """Returns the metric of real samples in the place of generated ones."""
        return self.of(train)

    @property
    @abstractmethod
    def keys(self) -> tuple[str, ...]:
        """The names of the values that `compute` returns."""

    def least(self) -> dict[str, int]:
        """Returns the least number of samples on each side that each value needs."""
        return dict.fromkeys(self.keys, 2)

    def protocol(self) -> dict[str, str | int | float]:
        """Returns the settings of the metric that affect its values."""
        return {}

    def most(self) -> dict[str, float]:
        """Returns the greatest value that is possible, by name, where it depends on the data: where their intervals
        end. Called after `set_reference`."""
        return {}

    def prepare_deviations(self, reference: Reference) -> None:
        """Computes and keeps what `deviations` needs of the real side alone."""

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        """Returns the standard deviations of the sampling errors of values, by name, where they are known.

        They say how much a value would vary if all generated and all real samples were drawn again, as many as there
        are. `fake` are the generated samples of all ranks. Every rank calls it.
        """
        return {}

    @abstractmethod
    def update(self, fake: Features) -> None:
        """Adds generated samples; there may be none."""

    @abstractmethod
    def compute(self) -> dict[str, float]:
        """Returns the values by name, for the samples of all ranks. Raises ValueError if they are too few."""

    @abstractmethod
    def _take_real(self, reference: Reference) -> None:
        """Prepares what depends on the real side only: shapes of states, and results of `reference.remember`."""


class GatheredMetric(RealFakeMetric, ABC):
    """A metric that needs one tensor of all generated samples at once, not only sums: their features, or `_kept`."""

    fake: list[Tensor] | Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("fake", [], dist_reduce_fx="cat")

    def update(self, fake: Features) -> None:
        assert isinstance(self.fake, list)
        self.fake.append(self._kept(fake))

    def reset(self) -> None:
        """Removes the generated samples."""
        super().reset()
        # Ranks must gather tensors with as many axes, one each, also one that was given no samples:
        # torchmetrics would send a vector of length 0 for it, and the others wait for a matrix.
        self.fake = [self._nothing()]

    def gathered(self) -> Tensor:
        """Returns all generated samples: this rank's, or all ranks' inside `compute`."""
        return dim_zero_cat(self.fake)

    def _kept(self, fake: Features) -> Tensor:
        """Returns what is kept of generated samples, one row each."""
        return fake.features

    def _nothing(self) -> Tensor:
        """Returns `_kept` of no samples."""
        return self.real[:0]

    def _take_real(self, reference: Reference) -> None:
        pass
