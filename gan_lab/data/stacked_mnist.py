"""Three digits in the channels of one image."""

from typing import Any, final

import torch

from gan_lab.data.base import DIGITS, DataModule, Samples
from gan_lab.data.mnist import MNIST
from gan_lab.domains import FolderPath, PositiveInt
from gan_lab.noise import seed_of
from gan_lab.types import GanLabError

CHANNELS = 3


@final
class StackedMNIST(DataModule):
    """Three random digits of MNIST as red, green and blue: a distribution with 1,000 known modes.

    The label of the digits a, b, c is 100 a + 10 b + c. The images of a part are stacked from the digits of the same
    part of `data=mnist` (training, validation or test; `validation_size` digits are set aside), each channel drawn
    independently and with replacement. MNIST's classes are not quite equally frequent, and so the modes are not
    either: KL(modes || uniform) of the test digits is 3 × 0.0018 = 0.005 nats before any sampling error.

    Source: Metz et al. 2017 (arXiv 1611.02163) and Srivastava et al. 2017 (arXiv 1705.07761); 128,000 images to train
    with and 26,000 to count the modes of as in Lin et al. 2018 (arXiv 1712.04086).
    """

    dependence = "many images share a digit, so they are not independent"

    @property
    def title(self) -> str:
        return "Stacked MNIST"

    @property
    def content(self) -> str:
        return f"stacked {DIGITS}"

    def __init__(
        self,
        *,
        root: FolderPath,
        validation_size: PositiveInt,
        train_images: PositiveInt,
        validation_images: PositiveInt,
        test_images: PositiveInt,
        **base: Any,
    ) -> None:
        super().__init__(**base)
        self.images = {"train": train_images, "validation": validation_images, "test": test_images}
        for part, n in self.images.items():
            if n < 1:
                raise GanLabError(f"data.{part}_images={n} must be at least 1")
        self.digits = MNIST(
            source="MNIST",
            root=root,
            validation_size=validation_size,
            shape=(1, 28, 28),
            num_classes=10,
            batch_size=self.batch_size,
            seed=self.seed,
            split_seed=self.split_seed,
        )

    def prepare_data(self) -> None:
        """Downloads MNIST's files that are missing. Raises GanLabError if that fails."""
        self.digits.prepare_data()

    def load(self) -> tuple[Samples, Samples, Samples]:
        train, validation, test = self.digits.load()
        return self.stacked(train, "train"), self.stacked(validation, "validation"), self.stacked(test, "test")

    def stacked(self, digits: Samples, part: str) -> Samples:
        """Returns the images of one part."""
        assert digits.labels is not None
        generator = torch.Generator().manual_seed(seed_of(self.split_seed, "stacked", part))
        triples = torch.randint(len(digits), (self.images[part], CHANNELS), generator=generator)
        labels = digits.labels[triples] * torch.tensor([100, 10, 1])
        return Samples(digits.values[:, 0][triples], labels.sum(1))
