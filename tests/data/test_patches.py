"""Crops of two photographs."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_sample_images
from sklearn.utils import Bunch

from gan_lab.build import build
from gan_lab.data.base import Samples
from gan_lab.data.patch_places import HEIGHT, PHOTOGRAPHS, WIDTH, blocks_of, corners_in, crops_of
from gan_lab.data.patches import Patches
from gan_lab.errors import GanLabError
from tests.fixtures import Compose
from tests.present import present


def patches(size: int = 32, stride: int = 16, split_seed: int = 0, num_classes: int = 2) -> Patches:
    data: Patches = build(
        {
            "_target_": "gan_lab.data.patches.Patches",
            **{"image_size": size, "stride": stride, "shape": [3, size, size], "num_classes": num_classes},
            **{"batch_size": 8, "seed": 0, "split_seed": split_seed},
        },
        "data",
    )
    data.setup()
    return data


def parts(data: Patches) -> dict[str, Samples]:
    return {"train": data.train, "validation": data.validation, "test": data.test}


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the photographs, two pictures whose pixels say where they are: row and column modulo 256, and what is
    lost by that."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    picture = np.stack([rows % 256, columns % 256, 4 * (rows // 256) + columns // 256], axis=2).astype(np.uint8)
    monkeypatch.setattr("gan_lab.data.patches.load_sample_images", lambda: Bunch(images=[picture, picture]))


def places(samples: Samples, label: int) -> set[tuple[int, int]]:
    """The row and column of all pixels that crops of one map have."""
    low_row, low_column, high = samples.values[present(samples.labels) == label].long().unbind(1)
    row, column = low_row + 256 * (high // 4), low_column + 256 * (high % 4)
    return {*zip(row.flatten().tolist(), column.flatten().tolist(), strict=True)}


@pytest.mark.usefixtures("maps")
@pytest.mark.parametrize("size", [32, 64])
def test_crops_of_different_parts_share_no_pixel(size: int) -> None:
    data = patches(size, stride=25)
    for label in range(PHOTOGRAPHS):
        train, validation, test = (places(samples, label) for samples in parts(data).values())
        assert min(len(train), len(validation), len(test)) >= 2 * size**2
        assert len(train | validation | test) == len(train) + len(validation) + len(test)


def test_a_crop_is_a_piece_of_its_photograph() -> None:
    photographs = load_sample_images().images
    for samples in parts(patches()).values():
        for crop, label in zip(samples.values[:2], present(samples.labels), strict=False):
            windows = np.lib.stride_tricks.sliding_window_view(photographs[label], (32, 32), axis=(0, 1))
            wanted = crop.numpy()
            found = (windows[..., 0, :] == wanted[:, 0]).all((2, 3))
            assert any(np.array_equal(windows[place], wanted) for place in map(tuple, np.argwhere(found)))


@pytest.mark.parametrize(("size", "stride"), [(32, 16), (64, 16), (64, 31)])
def test_a_part_has_as_many_crops_as_its_blocks_hold(size: int, stride: int) -> None:
    data = patches(size, stride)
    for part, samples in parts(data).items():
        assert samples.values.dtype == torch.uint8
        assert samples.values.shape == (crops_of(part, size, stride), 3, size, size)
        assert present(samples.labels).bincount().tolist() == [len(samples) // PHOTOGRAPHS] * PHOTOGRAPHS
        assert present(samples.labels)[:20].float().mean() not in (0, 1), "in random order"


@pytest.mark.parametrize(
    ("size", "blocks", "crops"), [(32, 60, [7_920, 1_440, 1_440]), (64, 15, [7_480, 1_360, 1_360])]
)
def test_blocks_are_as_documented_and_inside_the_photograph(size: int, blocks: int, crops: list[int]) -> None:
    counts = blocks_of(size)
    assert sum(counts.values()) == blocks
    assert counts["train"] / blocks == pytest.approx(11 / 15)
    assert [crops_of(part, size, 4) for part in counts] == crops
    corners = [corners_in(block, size, 4) for block in range(blocks)]
    assert all(top + size <= HEIGHT and left + size <= WIDTH for block in corners for top, left in block)
    assert len({len(block) for block in corners}) == 1


def test_the_split_seed_alone_decides_the_areas() -> None:
    before = torch.get_rng_state()
    one, two, other = patches(), patches(), patches(split_seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    for part in blocks_of(32):
        assert torch.equal(parts(one)[part].values, parts(two)[part].values)
        assert not torch.equal(parts(one)[part].values, parts(other)[part].values)
    assert one.blocks(0) != one.blocks(1), "each photograph has its own"
    assert patches(num_classes=0).train.labels is None


def test_the_shape_follows_the_size_and_other_sizes_are_refused(composed: Compose) -> None:
    assert composed("data=patches", "data.image_size=64")["data"]["shape"] == [3, 64, 64]
    with pytest.raises(GanLabError, match=r"data\.image_size is 48 and must be one of 32, 64"):
        patches(48)
