"""Floats to pixels."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from gan_lab.images import enlarge, from_uint8, grid, save_gif, to_pil, to_uint8


def test_every_grey_level_survives_the_round_trip() -> None:
    levels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_uint8(from_uint8(levels)), levels)
    assert from_uint8(levels)[[0, 255]].tolist() == [-1, 1]


def test_rounds_and_clamps_instead_of_truncating_and_wrapping() -> None:
    assert to_uint8(torch.tensor([-1.0, -0.5, 0.0, 0.5, 1.0])).tolist() == [0, 64, 128, 191, 255]
    assert to_uint8(torch.tensor([-7.0, 7.0])).tolist() == [0, 255]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_grid_as_png_and_gif(tmp_path: Path, channels: int) -> None:
    images = torch.full((6, channels, 4, 4), -1.0)
    images[1] = 1.0  # the second picture of the first row
    frames = []
    for step in range(2):
        frames.append(tmp_path / f"{step}.png")
        enlarge(to_pil(grid(images * (-1) ** step, columns=3)), 2).save(frames[-1])
    first = Image.open(frames[0]).convert("L")
    assert first.size == (2 * (3 * 5 + 1), 2 * (2 * 5 + 1))
    assert [first.getpixel((x, 6)) for x in (6, 16, 26)] == [0, 255, 0]
    save_gif(frames, tmp_path / "all.gif")
    assert Image.open(tmp_path / "all.gif").n_frames == 2  # type: ignore[attr-defined]
    save_gif([Image.open(frame) for frame in frames], tmp_path / "pictures.gif")
    assert (tmp_path / "pictures.gif").read_bytes() == (tmp_path / "all.gif").read_bytes()


def test_the_frames_of_a_gif_share_its_seconds_and_the_last_one_stays(tmp_path: Path) -> None:
    grey = [Image.new("L", (2, 3), level) for level in (0, 80, 160, 250)]
    save_gif(grey, tmp_path / "all.gif", seconds=2.0)
    gif: Any = Image.open(tmp_path / "all.gif")
    levels, durations = [], []
    for number in range(gif.n_frames):
        gif.seek(number)
        levels.append(gif.convert("L").getpixel((0, 0)))
        durations.append(gif.info["duration"])
    assert levels == [0, 80, 160, 250]
    assert durations == [500, 500, 500, 1000]
    assert gif.info["loop"] == 0  # without an end


def test_a_gif_takes_six_seconds_and_a_last_one(tmp_path: Path) -> None:
    save_gif([Image.new("L", (2, 2), level) for level in (0, 200)], tmp_path / "all.gif")
    gif: Any = Image.open(tmp_path / "all.gif")
    assert gif.info["duration"] == 3000


def test_a_row_of_a_grid_has_ten_pictures_between_white_lines() -> None:
    picture = grid(torch.full((11, 3, 2, 2), -1.0))
    assert picture.shape == (3, 2 * 3 + 1, 10 * 3 + 1)
    assert (picture[:, [0, 3, 6]] == 255).all()
    assert (picture[:, :, ::3] == 255).all()
    assert (picture[:, 1:3, 1:3] == 0).all()


def test_width_and_height_keep_their_places() -> None:
    picture = to_pil(torch.arange(2 * 3, dtype=torch.uint8).view(1, 2, 3))
    assert (picture.mode, picture.size) == ("L", (3, 2))
    assert to_pil(torch.zeros(3, 2, 5, dtype=torch.uint8)).mode == "RGB"
    larger = enlarge(picture)
    assert larger.size == (6, 4)
    assert [larger.getpixel((x, 3)) for x in range(6)] == [3, 3, 4, 4, 5, 5]
