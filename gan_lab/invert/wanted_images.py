"""The images whose codes are sought."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.evaluate.image_files import read_images
from gan_lab.images import from_uint8
from gan_lab.trained_model import TrainedModel

TEST_IMAGES = 20
"""The number of test images where nothing is said."""


@dataclass(frozen=True, slots=True)
class WantedImages:
    """Images in [-1, 1], with their names, their labels if they have any, and what is recorded of their source."""

    x: Float[Tensor, "n c h w"]
    names: list[str]
    labels: Int[Tensor, " n"] | None
    stated: dict[str, str | int]

    def first(self, n: int | None) -> "WantedImages":
        """Returns the first n, or all."""
        labels = None if self.labels is None else self.labels[:n]
        return WantedImages(self.x[:n], self.names[:n], labels, self.stated)


def of_files(path: str | Path, trained: TrainedModel, n: int | None, links: bool) -> WantedImages:
    """Returns the first n images of a folder or a file, or all, as `evaluate` reads them."""
    channels, height, width = trained.config["data"]["shape"]
    file = read_images(Path(path), (channels, height, width), links=links, least=1)
    return WantedImages(from_uint8(file.images), file.names, None, file.stated).first(n)


def of_test_images(trained: TrainedModel, config: dict[str, Any], dataset: str, overrides: list[str]) -> WantedImages:
    """Returns the first test images, which are in random order. Raises GanLabError for more than there are."""
    test = trained.load_data(config["data"], dataset, overrides).test
    n = config["n"] or min(TEST_IMAGES, len(test))
    if n > len(test):
        raise GanLabError(f"n={n} is more than there are: data={dataset} has {len(test)} test images")
    batch = test.batch(torch.arange(n))
    return WantedImages(batch.images, [*map(str, range(n))], batch.labels, {"dataset": dataset, "split": "test"})


def of_tensor(x: Float[Tensor, "n c h w"], n: int | None) -> WantedImages:
    """Returns the first n images of a program's own, or all."""
    return WantedImages(x, [*map(str, range(len(x)))], None, {"found": len(x)}).first(n)
