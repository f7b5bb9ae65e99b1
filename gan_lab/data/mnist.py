"""MNIST, and data sets in the same format."""

from collections.abc import Callable
from typing import Any, Literal, final

from torch import Tensor
from torchvision import datasets
from torchvision.datasets.mnist import read_image_file, read_label_file

from gan_lab.data.base import DIGITS, Samples
from gan_lab.data.downloaded import Downloaded, last_line
from gan_lab.domains import PositiveInt
from gan_lab.types import GanLabError

SOURCES = {"MNIST": datasets.MNIST, "FashionMNIST": datasets.FashionMNIST, "KMNIST": datasets.KMNIST}

CONTENTS = {"MNIST": DIGITS, "FashionMNIST": "clothes", "KMNIST": "Japanese characters"}


@final
class MNIST(Downloaded):
    """70,000 grey images of 28x28 in ten classes: 50,000 / 10,000 / 10,000.

    `source` names the set: MNIST (digits; LeCun, Cortes and Burges, 1998), FashionMNIST (clothes; Xiao et al.
    2017, arXiv 1708.07747) or KMNIST (cursive Japanese; Clanuwat et al. 2018, arXiv 1812.01718).

    The files are torchvision's, in `<root>/<source>/raw`, and are downloaded there if they are missing. Of
    the 60,000 training images a seeded permutation sets `validation_size` aside, and the first `train_size` of the rest
    are trained on, all of them for None. The test images are shuffled
    once, since their order is not random: the first half of MNIST's is easier than the second. Training and validation
    images are of one file and the test images of another, so that the latter are shifted against both.
    """

    instead = "data=digits"

    def __init__(
        self,
        *,
        source: Literal["MNIST", "FashionMNIST", "KMNIST"],
        validation_size: PositiveInt,
        train_size: PositiveInt | None = None,
        **base: Any,
    ) -> None:
        super().__init__(source=source, **base)
        self.validation_size = validation_size
        self.train_size = train_size

    @property
    def content(self) -> str:
        return CONTENTS[self.source]

    def download(self) -> None:
        SOURCES[self.source](self.root, download=True)

    def load(self) -> tuple[Samples, Samples, Samples]:
        if self.missing():
            raise self.not_found("were not downloaded")
        return self.divided(self.read("train"), self.read("t10k"), self.validation_size, self.train_size)

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
