"""CIFAR-10 and SVHN: labelled colour images of 32x32."""

from typing import Any, Literal, final

import numpy as np
import torch
from torchvision import datasets
from torchvision.datasets.utils import check_integrity

from gan_lab.data.base import Samples
from gan_lab.data.downloaded import Downloaded, last_line
from gan_lab.domains import PositiveInt
from gan_lab.types import GanLabError

SOURCES = {"CIFAR10": datasets.CIFAR10, "SVHN": datasets.SVHN}
CONTENTS = {"CIFAR10": "the ten kinds of animals and vehicles of CIFAR-10", "SVHN": "house numbers"}


@final
class ColourSet(Downloaded):
    """Colour images of 32x32 in ten classes: CIFAR10, 40,000 / 10,000 / 10,000, or SVHN, 63,257 / 10,000 / 26,032.

    `source` names the set: CIFAR10 (animals and vehicles; Krizhevsky 2009, "Learning Multiple Layers of Features from
    Tiny Images") or SVHN (digits of house numbers, without the part "extra"; Netzer et al. 2011, "Reading Digits in
    Natural Images with Unsupervised Feature Learning"), whose label of a digit is the digit.

    torchvision downloads the files to where it looks for them, and reads none whose md5 is not that of the published
    one: CIFAR-10's are pickles, which could call anything. The parts are made as for MNIST: `validation_size` of the
    training images are set aside at random, and the first `train_size` of the others are trained on. The test images
    are files of their own.
    """

    instead = "data=patches"

    def __init__(
        self,
        *,
        source: Literal["CIFAR10", "SVHN"],
        validation_size: PositiveInt,
        train_size: PositiveInt | None,
        **base: Any,
    ) -> None:
        super().__init__(source=source, **base)
        self.validation_size = validation_size
        self.train_size = train_size

    @property
    def content(self) -> str:
        return CONTENTS[self.source]

    def download(self) -> None:
        if self.source == "CIFAR10":
            SOURCES["CIFAR10"](self.root, download=True)
            return
        for part in ("train", "test"):
            SOURCES["SVHN"](self.root, split=part, download=True)

    def load(self) -> tuple[Samples, Samples, Samples]:
        if self.missing():
            raise self.not_found("were not downloaded")
        return self.divided(self.read("train"), self.read("test"), self.validation_size, self.train_size)

    def read(self, part: Literal["train", "test"]) -> Samples:
        """Returns the images and labels of one official part. Raises GanLabError for files that are not those
        published."""
        try:
            if self.source == "CIFAR10":
                found = SOURCES["CIFAR10"](self.root, train=part == "train")
                pixels, labels = found.data.transpose(0, 3, 1, 2), found.targets
            else:
                found = SOURCES["SVHN"](self.root, split=part)
                pixels, labels = found.data, found.labels
        except Exception as error:  # of pickle, scipy or the disk
            why = f"{listed} not as published, by the md5" if (listed := self.spoilt()) else last_line(error)
            raise GanLabError(
                f"the files of {self.source} in {self.raw} cannot be read ({why}): delete them and start again to "
                f"download them, or use {self.instead}, which needs none"
            ) from error
        return Samples(torch.from_numpy(np.ascontiguousarray(pixels)), torch.as_tensor(labels, dtype=torch.int64))

    def spoilt(self) -> str:
        """Returns the names of the files with another md5 than that published, with their verb."""
        if self.source == "CIFAR10":
            kind = SOURCES["CIFAR10"]
            sums = [*kind.train_list, *kind.test_list, [kind.meta["filename"], kind.meta["md5"]]]
        else:
            sums = [SOURCES["SVHN"].split_list[part][1:] for part in ("train", "test")]
        names = [name for name, md5 in sums if not check_integrity(self.raw / name, md5)]
        return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}" if names else ""
