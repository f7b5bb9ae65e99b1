"""Groups of images, where there are no labels."""

import torch

from gan_lab.data.base import DataModule, Samples
from gan_lab.extractor.pixel_groups import grouped
from tests.present import present

SIZES = [3, 9, 5, 7, 4, 11, 6, 8, 10, 12]


class Heaps(DataModule):
    """Nearly black images with one bright pixel; there are as many of each as `SIZES` says."""

    def load(self) -> tuple[Samples, Samples, Samples]:
        generator = torch.Generator().manual_seed(0)
        bright = torch.repeat_interleave(torch.arange(len(SIZES)), torch.tensor(SIZES))
        bright = bright[torch.randperm(len(bright), generator=generator)]
        values = torch.randint(20, (len(bright), 3, 4, 4), generator=generator, dtype=torch.uint8)
        values.view(len(bright), -1)[torch.arange(len(bright)), bright] += 200
        return Samples(values), Samples(values), Samples(values)


def test_groups_are_of_like_images_and_the_largest_comes_first() -> None:
    data = Heaps(shape=(3, 4, 4), num_classes=0, batch_size=5, seed=0, split_seed=0)
    data.setup()
    found = grouped(data)
    labels = present(found.validation.labels)
    assert labels.bincount().tolist() == sorted(SIZES, reverse=True)
    for label in range(len(SIZES)):
        assert len(data.validation.values[labels == label].flatten(1).argmax(1).unique()) == 1
    assert found.num_classes == 10
    assert (data.num_classes, data.validation.labels) == (0, None)


def test_of_few_images_each_is_a_group() -> None:
    data = Heaps(shape=(3, 4, 4), num_classes=0, batch_size=5, seed=0, split_seed=0)
    data.setup()
    data.validation = data.validation.subset(slice(4))
    assert grouped(data).num_classes == 4
