"""The files of samples: every image, in order, and pictures of the right images."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from torch import Tensor

from gan_lab.images import from_uint8
from gan_lab.sample.files import PER_ROW, SHOWN, digits, frame, in_rows, write_samples, write_sheet, write_trajectory
from gan_lab.types import Latent, SampleResult

SIDE = 4
"""Pixels along each side of the images here."""


def shades(n: int) -> Tensor:
    """n images, the i-th all of grey level i."""
    return from_uint8(torch.arange(n, dtype=torch.uint8)).view(n, 1, 1, 1).expand(n, 1, SIDE, SIDE)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("L"))


def first_pixels(picture: np.ndarray, times: int) -> list[list[int]]:
    """The grey level of each image of a grid that was drawn `times` as large."""
    step = times * (SIDE + 1)
    return picture[times::step, times::step][: picture.shape[0] // step, : picture.shape[1] // step].tolist()


def drawn(x: Tensor, component: Tensor | None = None) -> SampleResult:
    return SampleResult(x=x, latent=Latent(torch.arange(2.0 * len(x)).view(-1, 2), component), stats={})


@pytest.mark.parametrize(("n", "wide"), [(1, 6), (1_000_000, 6), (1_000_001, 7), (20_000_000, 8)])
def test_numbers_have_as_many_digits_as_the_last_one(n: int, wide: int) -> None:
    assert digits(n) == wide


def test_each_image_is_a_file_of_its_number(tmp_path: Path) -> None:
    write_samples(tmp_path, drawn(shades(12)), "png")
    assert [path.name for path in tmp_path.iterdir()] == ["images"]
    files = sorted((tmp_path / "images").iterdir())
    assert [path.name for path in files] == [f"{number:06d}.png" for number in range(12)]
    assert [pixels(path).tolist() for path in files] == [[[level] * SIDE] * SIDE for level in range(12)]


@pytest.mark.parametrize("component", [None, torch.tensor([2, 0, 1])])
def test_arrays_hold_images_codes_and_components(tmp_path: Path, component: Tensor | None) -> None:
    write_samples(tmp_path, drawn(shades(3), component), "npz")
    with np.load(tmp_path / "samples.npz") as file:
        found = dict(file)
    assert found["images"].dtype == np.uint8
    assert found["images"][:, 0, 0, 0].tolist() == [0, 1, 2]
    assert found["z"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert found.get("component", np.array(None)).tolist() == (None if component is None else [2, 0, 1])
    assert [path.name for path in tmp_path.iterdir()] == ["samples.npz"]


def test_points_are_points(tmp_path: Path) -> None:
    x = torch.tensor([[0.25, -3.0], [7.0, 0.0]])
    write_samples(tmp_path, drawn(x), "npz")
    with np.load(tmp_path / "samples.npz") as file:
        assert {*file} == {"points", "z"}
        assert np.array_equal(file["points"], x.numpy())


def test_a_sheet_shows_the_first_hundred_ten_in_a_row(tmp_path: Path) -> None:
    write_sheet(tmp_path, shades(SHOWN + 1), real=torch.zeros(0))
    assert first_pixels(pixels(tmp_path / "sheet.png"), times=2) == torch.arange(100).view(10, 10).tolist()


def test_a_sheet_of_points_is_a_plot(tmp_path: Path) -> None:
    write_sheet(tmp_path, torch.randn(5, 2), real=torch.randn(7, 2))
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.size == (500, 500)


def test_samples_stored_row_after_row_get_an_axis_of_rows() -> None:
    x = torch.arange(12.0).view(6, 2)
    assert torch.equal(in_rows(x, 2), x.view(2, 3, 2))


def test_a_trajectory_has_a_row_for_each_path_and_its_film_goes_there_and_back(tmp_path: Path) -> None:
    write_trajectory(tmp_path, in_rows(shades(15), 3))
    assert first_pixels(pixels(tmp_path / "trajectory.png"), times=2) == torch.arange(15).view(3, 5).tolist()
    with Image.open(tmp_path / "trajectory.gif") as gif:
        assert isinstance(gif, GifImageFile)
        levels = []
        for number in range(gif.n_frames):
            gif.seek(number)
            levels.append(first_pixels(np.asarray(gif.convert("L")), times=4))
    assert levels == [[[step, 5 + step, 10 + step]] for step in (0, 1, 2, 3, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize(("rows", "shape"), [(3, (1, 3)), (PER_ROW, (1, 4)), (9, (3, 4))])
def test_a_frame_has_no_more_than_four_paths_side_by_side(rows: int, shape: tuple[int, int]) -> None:
    picture = frame(shades(2 * rows).view(2, rows, 1, SIDE, SIDE), 1)
    assert picture.size == (4 * (shape[1] * (SIDE + 1) + 1), 4 * (shape[0] * (SIDE + 1) + 1))
    shown = [level for line in first_pixels(np.asarray(picture), times=4) for level in line]
    assert shown[:rows] == [*range(rows, 2 * rows)]


def test_paths_of_points_are_lines(tmp_path: Path) -> None:
    write_trajectory(tmp_path, torch.randn(3, 4, 2))
    with Image.open(tmp_path / "trajectory.png") as picture, Image.open(tmp_path / "trajectory.gif") as film:
        assert picture.size == film.size == (500, 500)
