"""Floats to pixels."""

from pathlib import Path

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
