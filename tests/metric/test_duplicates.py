import pytest
import torch
from torch import Tensor

from gan_lab.metric.duplicates import Duplicates
from gan_lab.metric.features import Features, Reference


def seen(images: Tensor) -> Features:
    return Features(torch.zeros(len(images), 3), images=images)


IMAGES = torch.randint(0, 256, (200, 1, 9, 9), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def metric() -> Duplicates:
    made = Duplicates()
    made.set_reference(Reference(seen(IMAGES)))
    return made


def test_every_copy_and_what_was_copied_counts(metric: Duplicates) -> None:
    for shard in (IMAGES[:70], IMAGES[50:60], IMAGES[69:130]):  # ten images twice, and the last of the first shard
        metric.update(seen(shard))
    assert metric.compute()["duplicates"] == pytest.approx(22 / 141)


def test_one_level_in_one_pixel_makes_another_image(metric: Duplicates) -> None:
    almost = IMAGES[:50].clone()
    almost[:, 0, 4, 4] ^= 1
    assert metric.of(seen(torch.cat([IMAGES[:50], almost])))["duplicates"] == 0.0
    assert metric.of(seen(IMAGES[:1].repeat(30, 1, 1, 1)))["duplicates"] == 1.0


def test_images_are_needed() -> None:
    with pytest.raises(ValueError, match="among images"):
        Duplicates().set_reference(Reference(Features(torch.zeros(5, 3))))
