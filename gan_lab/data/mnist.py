"""MNIST, and data sets in the same format."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, final

from torch import Tensor
from torchvision import datasets
from torchvision.datasets.mnist import read_image_file, read_label_file

from gan_lab.data.base import DIGITS, DataModule, Samples, shuffled
from gan_lab.domains import FolderPath, NonNegativeInt, PositiveInt
from gan_lab.trust.home import expanded
from gan_lab.trust.places import idx_folder, missing_idx_files
from gan_lab.types import GanLabError

SOURCES = {"MNIST": datasets.MNIST, "FashionMNIST": datasets.FashionMNIST, "KMNIST": datasets.KMNIST}

CONTENTS = {"MNIST": DIGITS, "FashionMNIST": "clothes", "KMNIST": "Japanese characters"}

SECONDS_PER_ANSWER = 10.0
"""The time after which a silent download server is given up, so that a firewall cannot make the run hang."""


@final
class MNIST(DataModule):
    """70,000 grey images of 28x28 in ten classes: 50,000 / 10,000 / 10,000.

    `source` names the set: MNIST (digits; LeCun, Cortes and Burges, 1998), FashionMNIST (clothes; Xiao et al.
    2017, arXiv 1708.07747) or KMNIST (cursive Japanese; Clanuwat et al. 2018, arXiv 1812.01718).

    The files are torchvision's, in `<root>/<source>/raw`, and are downloaded there if they are missing. Of
    the 60,000 training images a seeded permutation sets `validation_size` aside, and the first `train_size` of the rest
    are trained on, all of them for None. The test images are shuffled
    once, since their order is not random: the first half of MNIST's is easier than the second. Training and validation
    images are of one file and the test images of another, so that the latter are shifted against both.
    """

    def __init__(
        self,
        *,
        source: Literal["MNIST", "FashionMNIST", "KMNIST"],
        root: FolderPath,
        validation_size: PositiveInt,
        shape: tuple[PositiveInt, ...],
        num_classes: NonNegativeInt,
        batch_size: PositiveInt,
        seed: int,
        split_seed: int,
        train_size: PositiveInt | None = None,
    ) -> None:
        super().__init__(shape=shape, num_classes=num_classes, batch_size=batch_size, seed=seed, split_seed=split_seed)
        self.source = source
        self.root = expanded(root).absolute()
        self.validation_size = validation_size
        self.train_size = train_size

    @property
    def title(self) -> str:
        return self.source

    @property
    def content(self) -> str:
        return CONTENTS[self.source]

    @property
    def raw(self) -> Path:
        """The folder of the four IDX files."""
        return idx_folder(self.root, self.source)

    def prepare_data(self) -> None:
        """Downloads the files that are missing. Raises GanLabError if that fails."""
        if not self.missing():
            return
        try:
            with answers_within(SECONDS_PER_ANSWER):
                SOURCES[self.source](self.root, download=True)
        except Exception as error:  # of the network, the disk or torchvision
            # With all files there it was reading one that failed: load() will say which.
            if self.missing():
                raise self.not_found(f"could not be downloaded ({last_line(error)})") from error

    def load(self) -> tuple[Samples, Samples, Samples]:
        if self.missing():
            raise self.not_found("were not downloaded")
        official = shuffled(self.read("train"), self.split_seed, "train")
        if not 1 <= self.validation_size < len(official):
            raise GanLabError(
                f"data.validation_size={self.validation_size} must be at least 1 and less than the "
                f"{len(official)} training images"
            )
        border = len(official) - self.validation_size
        if self.train_size is not None and self.train_size > border:
            raise GanLabError(f"data.train_size={self.train_size} is more than the {border} images that are left")
        test = shuffled(self.read("t10k"), self.split_seed, "test")
        return official.subset(slice(self.train_size or border)), official.subset(slice(border, None)), test

    def missing(self) -> list[str]:
        """Returns the names of the IDX files that are missing."""
        return missing_idx_files(self.root, self.source)

    def not_found(self, and_why: str) -> GanLabError:
        return GanLabError(
            f"The files {', '.join(self.missing())} of {self.source} are not in {self.raw} and {and_why}: "
            "set data.root or GAN_LAB_DATA to a folder that has them, or use data=digits, which needs none"
        )

    def read(self, prefix: str) -> Samples:
        """Returns the images and labels of one pair of IDX files."""
        images = self.parsed(read_image_file, f"{prefix}-images-idx3-ubyte")
        labels = self.parsed(read_label_file, f"{prefix}-labels-idx1-ubyte")
        if len(images) != len(labels):
            raise GanLabError(
                f"The files {prefix}-* in {self.raw} do not belong together: {len(images)} images but "
                f"{len(labels)} labels"
            )
        return Samples(images[:, None], labels)

    def parsed(self, reader: Callable[[str], Tensor], name: str) -> Tensor:
        path = self.raw / name
        try:
            return reader(str(path))
        except Exception as error:  # the type of error depends on where the file is truncated
            raise GanLabError(
                f"{path} cannot be read as an IDX file ({last_line(error)}): delete it and start again to "
                "download it, or use data=digits, which needs none"
            ) from error


@contextmanager
def answers_within(seconds: float) -> Iterator[None]:
    """Makes silent servers raise an OSError after this time, since torchvision's downloads have no timeout."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def last_line(error: Exception) -> str:
    """Returns the last line of the message, which has the reason; torchvision lists every mirror before it."""
    lines = [line.strip(" <>") for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
