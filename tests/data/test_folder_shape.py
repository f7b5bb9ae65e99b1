"""The shape that a folder's own files give, and what is said of images that have another."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from gan_lab.data.folder_changes import changes, prepared
from gan_lab.data.folder_shape import HEADERS, KEPT, folder_shape, small
from tests.fixtures import Compose


def save(path: Path, size: tuple[int, int], mode: str = "RGB", exif: Image.Exif | None = None) -> None:
    """`size` is height and width."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new(mode, size[::-1], 90 if mode == "L" else (90, 30, 60))
    image.save(path, exif=exif or Image.Exif())


def fill(root: Path, sizes: Sequence[tuple[int, int]], mode: str = "RGB") -> None:
    for number, size in enumerate(sizes):
        save(root / f"{mode}{number}.png", size, mode)


def test_size_and_colour_are_those_of_most_files(tmp_path: Path) -> None:
    fill(tmp_path, [(40, 50)] * 4 + [(20, 20)] * 3)
    fill(tmp_path, [(40, 50)] * 2, "L")
    assert folder_shape(str(tmp_path), None, None) == [3, 40, 50]
    fill(tmp_path, [(9, 7)] * 12, "L")
    assert folder_shape(str(tmp_path), None, None) == [1, 9, 7]


@pytest.mark.parametrize(
    ("image_size", "channels", "shape"),
    [(28, None, [3, 28, 28]), ([16, 24], None, [3, 16, 24]), (None, 1, [1, 40, 50]), ([16, 24], 1, [1, 16, 24])],
)
def test_what_is_given_is_not_looked_up(
    tmp_path: Path, image_size: int | list[int] | None, channels: int | None, shape: list[int]
) -> None:
    fill(tmp_path, [(40, 50)])
    assert folder_shape(str(tmp_path), image_size, channels) == shape


def test_photographs_are_turned_as_the_camera_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    save(tmp_path / "0.jpg", (40, 50), exif=exif)
    assert folder_shape(str(tmp_path), None, None) == [3, 50, 40]


@pytest.mark.parametrize("colour", [True, False])
def test_a_palette_is_in_colour_unless_it_is_grey(tmp_path: Path, colour: bool) -> None:
    image = Image.new("RGB", (5, 4), (90, 30, 60) if colour else (90, 90, 90))
    image.quantize(4).save(tmp_path / "0.png")
    image.quantize(4).save(tmp_path / "1.gif")
    assert folder_shape(str(tmp_path), None, None) == [3 if colour else 1, 4, 5]


def test_of_sizes_that_are_equally_frequent_the_smallest_is_taken(tmp_path: Path) -> None:
    fill(tmp_path, [(6, 8), (7, 5), (30, 20)])
    assert folder_shape(str(tmp_path), None, None) == [3, 7, 5]


def test_what_is_no_image_does_not_count(tmp_path: Path) -> None:
    fill(tmp_path, [(6, 8)])
    for number in range(3):
        (tmp_path / f"broken{number}.png").write_text("not an image")
    os.mkfifo(tmp_path / "pipe.png")
    assert folder_shape(str(tmp_path), None, None) == [3, 6, 8]
    assert folder_shape(str(tmp_path / "nowhere"), None, None) == [1, 28, 28]


@pytest.mark.parametrize("size", [(129, 129), (3000, 4000), (400, 300), (2000, 3), (200, 130)])
def test_large_images_are_reduced_in_proportion_to_sides_that_convolutions_can_make(size: tuple[int, int]) -> None:
    height, width = small(size)
    assert max(height, width) == 64
    assert height % 4 == width % 4 == 0
    assert min(height, width) == 4 or abs(height / 64 - size[0] / max(size)) <= 2 / 64
    assert small((KEPT, 31)) == (KEPT, 31)


def test_of_many_files_some_are_opened_from_all_over_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gan_lab.data.folder_shape.HEADERS", 10)
    fill(tmp_path / "a", [(6, 8)] * 12)
    fill(tmp_path / "b", [(7, 5)] * 27)
    assert HEADERS >= 1000
    assert folder_shape(str(tmp_path), None, None) == [3, 7, 5]


def test_the_shape_in_a_configuration_is_the_files_and_stays_when_it_is_saved(
    composed: Compose, tmp_path: Path
) -> None:
    fill(tmp_path, [(40, 52)] * 3)
    config = composed("data=folder", f"data.root='{tmp_path}'")
    assert config["data"]["shape"] == config["model"]["generator"]["shape"] == [3, 40, 52]
    fill(tmp_path, [(8, 8)] * 9)
    assert composed("data=folder", f"data.root='{tmp_path}'")["data"]["shape"] == [3, 8, 8]


def test_what_is_done_to_images_is_said_once() -> None:
    assert prepared({(3, 40, 50): 60}, (3, 40, 50)) == ""
    assert prepared({(3, 40, 50): 60}, (1, 40, 50)) == "turned to grey"
    assert prepared({(3, 40, 50): 60, (3, 20, 25): 1}, (3, 20, 25)) == "resized to 20 x 25, bicubic and antialiased"
    everything = "cut to their middle, resized to 28 x 28, bicubic and antialiased, turned to grey"
    assert prepared({(3, 40, 50): 60, (1, 28, 28): 3}, (1, 28, 28)) == everything


def test_changes_are_said_in_numbers() -> None:
    assert changes({(3, 40, 50): 60}, (3, 40, 50)) == ()
    assert changes({(3, 40, 50): 60}, (1, 28, 28)) == ("60 images of 40 x 50 RGB are cut and resized to 28 x 28 grey",)
    assert changes({(3, 40, 50): 60}, (3, 20, 25)) == ("60 images of 40 x 50 RGB are resized to 20 x 25 RGB",)
    assert changes({(1, 40, 50): 1200}, (3, 40, 50)) == ("1,200 images of 40 x 50 grey are turned to RGB",)
    mixed = {(3, 40, 50): 50, (1, 40, 50): 4, (3, 20, 30): 3, (1, 400, 300): 3}
    assert changes(mixed, (3, 40, 50)) == (
        "6 of 60 images, of 2 sizes from 20 x 30 to 400 x 300 pixels, are cut or resized to 40 x 50",
        "7 of 60 images are turned from grey to RGB",
    )
