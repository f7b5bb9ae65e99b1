"""The base class of data sets."""

from abc import ABC, abstractmethod
from typing import Any, Protocol, cast

import torch
from jaxtyping import Float32
from lightning.pytorch import LightningDataModule
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.data.stream import RoundStream
from gan_lab.domains import Declared, NonNegativeInt, PositiveInt
from gan_lab.noise import seed_of
from gan_lab.types import GanLabError

__all__ = ["DIGITS", "DataModule", "Samples", "shuffled"]


DIGITS = "handwritten digits"
"""The content of MNIST and of scikit-learn's digits."""


class PlaysRounds(Protocol):
    """The attributes of a module that the data need for training."""

    batches_per_round: int
    rounds: int


def shuffled(samples: Samples, *key: int | str) -> Samples:
    """Returns the samples in a random order that depends on the key alone."""
    generator = torch.Generator().manual_seed(seed_of(*key))
    return samples.subset(torch.randperm(len(samples), generator=generator))


def counted(number: int, noun: str) -> str:
    """Returns the number with its noun: 1 channel, 3 channels, 10 classes."""
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending}"


class DataModule(LightningDataModule, Declared, ABC):
    """A data set in memory, in three parts, that feeds training with rounds.

    `train`, `validation` and `test` exist after `setup()` and lie on the CPU. Training sees `train`; choosing
    a checkpoint and calibration use `validation`; `test` is for the final evaluation alone.

    `shape` is that of one sample: (channels, height, width), or (2,) for points. `num_classes` is the number
    of labels; with 0 the labels are dropped. `title` names the data set, and `content` says what the samples are: an
    extractor is made for data of one content. `batch_size` is global: the processes of a run share it. `seed`
    orders the training data, `split_seed` decides which samples belong to which part. `modes` and `mode_std`
    are the centres and the standard deviation of a mixture of Gaussians, for data that are one. `one_pool` says that
    all parts are drawn at random from one set of samples or one distribution; otherwise the test samples may be shifted
    against the others, and evaluations show two floors.
    """

    train: Samples
    validation: Samples
    test: Samples
    modes: Float32[Tensor, "k 2"] | None = None
    mode_std: float | None = None
    one_pool: bool = False
    dependence: str = ""
    """Why the samples of a part are not independent draws, as a clause; "" where they are. What is computed as if they
    were, intervals and p-values, is left out with this reason."""
    notes: tuple[str, ...] = ()
    """Sentences on what `load` did to the files' images, for whoever prints."""
    prepared: str = ""
    """How the files' images got their size and colours, as the protocol of measures states it; "" for as they are."""

    def __init__(
        self,
        *,
        shape: tuple[PositiveInt, ...],
        num_classes: NonNegativeInt,
        batch_size: PositiveInt,
        seed: int,
        split_seed: int,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.num_classes = num_classes
        self.batch_size = batch_size
        self.seed = seed
        self.split_seed = split_seed
        self.loaded = False

    @abstractmethod
    def load(self) -> tuple[Samples, Samples, Samples]:
        """Returns train, validation and test. Raises GanLabError if they cannot be loaded."""

    def setup(self, stage: str | None = None) -> None:
        """Loads the three parts, unless they are already loaded.

        Raises GanLabError if they cannot be loaded, have another shape or more classes than in the configuration, or
        hold NaN or infinity.
        """
        if not self.loaded:
            self.train, self.validation, self.test = map(self.checked, self.load())
            self.loaded = True

    def checked(self, samples: Samples) -> Samples:
        """Returns the samples after checking them against the configuration, from which networks are built."""
        found = tuple(samples.values.shape[1:])
        if found != self.shape:
            raise GanLabError(f"data.shape={list(self.shape)} must be {list(found)}, the shape of these data")
        if samples.values.is_floating_point() and (broken := int((~samples.values.flatten(1).isfinite()).any(1).sum())):
            raise GanLabError(f"{broken} of {len(samples):,} samples of {self.title} hold NaN or infinity")
        if self.num_classes == 0:
            return Samples(samples.values)
        classes = 0 if samples.labels is None else int(samples.labels.max()) + 1
        if classes == 0 or classes > self.num_classes:
            raise GanLabError(
                f"data.num_classes={self.num_classes} does not fit these data, which have {classes} classes: "
                "0 trains without labels"
            )
        return samples

    @property
    def title(self) -> str:
        """The name of the data set as it is written in a sentence."""
        return type(self).__name__

    @property
    def content(self) -> str:
        """What the samples are: two data sets of the same content can be measured by the same extractor."""
        return self.title

    @property
    def described(self) -> str:
        """The size of the data, of their parts and of a sample, as a part of a sentence; after `setup`."""
        parts = [len(self.train), len(self.validation), len(self.test)]
        uses = zip(parts, ("train", "validate", "test"), strict=True)
        of_parts = ", ".join(f"{count:,} to {use}" for count, use in uses)
        if len(self.shape) == 3:
            kind, (channels, height, width) = "images", self.shape
            form = f"{height} x {width} pixels (height x width), {counted(channels, 'channel')}"
        else:
            kind, form = "points", counted(self.shape[0], "dimension")
        classes = counted(self.num_classes, "class") if self.num_classes else "without classes"
        return f"{sum(parts):,} {kind} of {self.title} ({of_parts}), {form}, {classes}"

    def train_dataloader(self) -> RoundStream:
        """Returns the endless stream of rounds for the trainer of this data module."""
        if self.trainer is None:
            raise RuntimeError("train_dataloader() needs a trainer: pass the data module to Trainer.fit")
        trainer, module = self.trainer, cast(PlaysRounds, self.trainer.lightning_module)
        return RoundStream(
            self.train,
            batch_size=self.batch_size,
            batches_per_round=module.batches_per_round,
            seed=self.seed,
            first_round=lambda: module.rounds,
            device=trainer.strategy.root_device,
            rank=trainer.global_rank,
            world_size=trainer.world_size,
        )

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """Returns the batch unchanged: it is already on the device, and Lightning cannot move frozen dataclasses."""
        return batch
