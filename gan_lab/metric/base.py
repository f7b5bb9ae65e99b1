"""The base class of evaluators, which callbacks and commands use."""

import math
import time
import warnings
from abc import ABC, abstractmethod
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torchmetrics import Metric

from gan_lab.data.base import DataModule, Samples
from gan_lab.distributed.ranks import rank
from gan_lab.domains import Declared
from gan_lab.errors import GanLabError
from gan_lab.maths.float64 import with_float64
from gan_lab.metric.interval import TITLE, Interval
from gan_lab.network.base import Generator
from gan_lab.prior.base import LatentPrior


def listed(names: list[str]) -> str:
    """Returns the names with their verb: `a is`, `a and b are`, `a, b and c are`."""
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"


Split = Literal["validation", "test"]
FEW = 100
"""Below so many samples, differences between measures are mostly chance."""


class Evaluator(Declared, ABC):
    """Compares generated samples with real ones that training never saw.

    The order of calls: `prepare` once; then, as often as needed, `update` with this rank's share of the generated
    samples followed by one `compute` on every rank. An evaluator is no Module, so that its extractors, metrics and real
    features never become part of a LightningModule's parameters, checkpoint or train mode.

    `monitor` is the key whose minimum chooses the best checkpoint; every evaluation computes it.
    """

    reference_work: str = "measuring the real samples"
    """What `get_ready` and `floor` do, in words."""
    monitor: str
    n: int
    """The size of the reference. Generate as many samples, because every measure depends on both sizes."""
    left_out: dict[str, str]
    """Why a measure is not computed, by its key, and under `interval.TITLE` why no interval is; after `plan`."""
    intervals: dict[str, Interval]
    """95 % intervals of the values of the last `compute`, where they are known; empty unless it was a `final` one, and
    for data whose samples are not independent."""
    networks: tuple[Generator, LatentPrior] | None = None
    """The averaged generator and prior whose samples are measured, None for image files."""
    label_classes: int = 0
    """The number N of classes, if the label k of a generated sample stands for the class k mod N; otherwise 0."""

    def __init__(self, *, split: Split, monitor: str) -> None:
        """`split` chooses the real samples of the comparison; `test` is for the final evaluation only."""
        self.split = split
        self.monitor = monitor
        self._tally = Tally()
        self._reference: Samples | None = None
        self.left_out = {}
        self.intervals = {}

    def set_label_classes(self, classes: int) -> None:
        """Takes `label_classes`, those that the generator was trained with; before `plan`."""
        self.label_classes = classes

    def set_networks(self, networks: tuple[Generator, LatentPrior] | None) -> None:
        """Takes `networks`; before `plan`."""
        self.networks = networks

    @property
    def by_class(self) -> dict[str, dict[str, list[int | float]]]:
        """The values by class of the last `compute`, by measure and with the numbers of the classes, for each metric
        that has them."""
        return {}

    def plan(self, data: DataModule, n: int) -> None:
        """Settles what can be measured of the first `n` samples of the split: sets `n` and `left_out`.

        Computes nothing, so that a run can be refused before it begins. Raises GanLabError for fewer than two samples,
        and where `monitor` cannot be computed.
        """
        self.n = min(n, len(getattr(data, self.split)))
        if self.n < 2:
            raise GanLabError(
                f"measuring needs 2 samples or more, but only {self.n} of {n} {self.split} samples can be used"
            )
        self._data = data
        self.left_out = {}
        there = min(self.n, len(data.train))  # the floor is measured on training samples
        self.left_out = {
            key: f"at least {least} samples are needed, and there are {there}"
            for key, least in self._least().items()
            if there < least
        } | self._not_of(data)
        if data.dependence:
            self.left_out[TITLE] = data.dependence
        if self.monitor in self.left_out:
            raise GanLabError(f"metric.monitor={self.monitor} cannot be computed: {self.left_out[self.monitor]}")

    @property
    def notes(self) -> list[str]:
        """Sentences on what is left out, one for each reason; after `prepare`."""
        keys: dict[str, list[str]] = {}
        for key, reason in self.left_out.items():
            keys.setdefault(reason, []).append(key)
        return [f"{listed(names)} left out: {reason}" for reason, names in keys.items()]

    def warnings(self) -> list[str]:
        """Returns sentences on measures that mean little here; after `prepare`. Every rank calls it."""
        if self.n >= FEW:
            return []
        floor = f"{self.monitor} {self._floor_value(self.monitor):.3g}"
        return [f"every measure of {self.n} samples is mostly noise: real ones get {floor}"]

    @property
    @abstractmethod
    def described(self) -> str:
        """What samples are compared by, as a part of a sentence; after `plan`."""

    def prepare(self, data: DataModule, n: int, seed: int, device: torch.device) -> None:
        """Takes the first `n` samples of the split (or all, if it has fewer) as the reference, on `device`.

        Every rank calls it. It is quick: what is dear to compute of the reference waits until it is needed. The splits
        are in random order, so the first samples are a random subset. Raises GanLabError if the data do not fit the
        measure, as `plan`, which it calls, does.
        """
        self.plan(data, n)
        self._reference = getattr(data, self.split)
        self._train: Samples = data.train
        self._seed = seed
        self._device = device
        self._floor: dict[str, float] | None = None
        self._floor_seconds: float | None = None
        self._tally.to(device)
        self._prepare()
        self._reset()

    def get_ready(self, final: bool = False) -> None:
        """Computes now what the next `compute` needs of the reference, which would do it itself. Every rank calls
        it."""

    @torch.inference_mode()
    def update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None = None) -> None:
        """Adds generated samples: images in [-1, 1], or points. Ranks may add unequal numbers, or none.

        `labels` are the components or classes that they were drawn for, if any. Raises ValueError if the samples do not
        have the shape of real ones.
        """
        shape = self._real(self._samples, 1).shape[1:]
        if samples.shape[1:] != shape:
            raise ValueError(f"generated samples are {tuple(samples.shape[1:])}, real ones {tuple(shape)}")
        samples = samples.to(self._device).float()
        broken = (~samples.flatten(1).isfinite()).any(1).sum()
        self._tally.update(len(samples), broken)
        # Samples with NaN are removed, since they have no uint8 and no neighbours; the tally counts them.
        with torch.autocast(self._device.type, enabled=False):
            self._update(samples.nan_to_num(0.0, 0.0, 0.0), None if labels is None else labels.to(self._device))

    def compute(self, final: bool = False) -> dict[str, float]:
        """Returns the measures of all ranks' samples since the last call, the same on every rank, and removes the
        samples.

        `final` adds the expensive measures, and `intervals`. If samples are not finite, every measure is NaN and there
        is a warning. Raises ValueError for fewer than two samples.
        """
        if not self._tally.update_called:
            self.update(self._real(self._samples, 1)[:0])  # an empty share takes part in what follows
        self.intervals = {}
        samples, broken = self._tally.compute().tolist()
        try:
            if samples < 2:
                raise ValueError(f"{samples} generated samples cannot be measured; 2 or more can")
            if broken:
                if rank() == 0:
                    warnings.warn(
                        f"{broken} of {samples} generated samples are not finite, so nothing is measured", stacklevel=2
                    )
                return dict.fromkeys(self._keys(final), math.nan)
            with torch.inference_mode(), torch.autocast(self._device.type, enabled=False):
                return self._compute(final)
        finally:
            self._reset()

    def floor(self) -> dict[str, float]:
        """Returns all measures, including expensive ones, of the first n *training* samples against the same reference.

        These are the values of a generator that reproduces the data. Every rank calls it. The floor is computed once,
        and the samples that `update` added are kept.
        """
        if self._floor is None:
            start = time.perf_counter()
            with torch.inference_mode(), torch.autocast(self._device.type, enabled=False):
                self._floor = self._compute_floor()
            self._floor_seconds = time.perf_counter() - start
        return dict(self._floor)

    def expected_seconds(self, final: bool = False) -> float | None:
        """Returns how long one `compute` should take, which is what the floor took; None where that is not known."""
        return self._floor_seconds

    def _floor_value(self, key: str) -> float:
        """Returns one value of the floor."""
        return self.floor()[key]

    def protocol(self) -> dict[str, str | int | float]:
        """Returns everything that one must know to compare the measures with others; summary.json records it."""
        return {
            "split": self.split,
            "reference_n": self.n,
            "floor_n": min(self.n, len(self._train)),
            **({"image_preparation": self._data.prepared} if self._data.prepared else {}),
            **self._protocol(),
        }

    @property
    def _arithmetic(self) -> torch.device:
        """The device on which measures compute."""
        return with_float64(self._device)

    @property
    def _samples(self) -> Samples:
        if self._reference is None:
            raise RuntimeError("prepare() comes first")
        return self._reference

    @staticmethod
    def _real(samples: Samples, n: int) -> Float[Tensor, " n *shape"]:
        """Returns the first n samples of a split, in the form that training uses."""
        return samples.batch(torch.arange(min(n, len(samples)))).images

    def _least(self) -> dict[str, int]:
        """Returns the least number of samples on each side, by measure, where it is above 2."""
        return {}

    def _not_of(self, data: DataModule) -> dict[str, str]:
        """Returns why measures mean nothing for such data, by measure."""
        return {}

    def _reset(self) -> None:
        self._tally.reset()
        self._forget()

    @abstractmethod
    def _prepare(self) -> None:
        """Takes the reference, for `self._device`, without computing anything dear of it."""

    @abstractmethod
    def _update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None) -> None:
        """Takes finite float32 samples on `self._device`; b may be 0."""

    @abstractmethod
    def _compute(self, final: bool) -> dict[str, float]:
        """Returns the measures of all ranks' samples. Called on every rank."""

    @abstractmethod
    def _compute_floor(self) -> dict[str, float]:
        """Returns the measures of the training samples, and keeps the generated samples. Called on every rank."""

    @abstractmethod
    def _forget(self) -> None:
        """Removes the generated samples."""

    @abstractmethod
    def _keys(self, final: bool) -> tuple[str, ...]:
        """Returns the names of the measures of `_compute`."""

    @abstractmethod
    def _protocol(self) -> dict[str, str | int | float]:
        """Returns the entries of the protocol that this evaluator adds."""


class Tally(Metric):
    """Counts samples and, among them, those with a value that is not finite; summed over ranks."""

    counts: Int[Tensor, "2"]

    def __init__(self) -> None:
        super().__init__()
        self.add_state("counts", torch.zeros(2, dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, samples: int, broken: Int[Tensor, ""]) -> None:
        self.counts = self.counts + torch.stack([torch.full_like(broken, samples), broken])

    def compute(self) -> Int[Tensor, "2"]:
        return self.counts
