"""Curves and pictures as the scripts of a page read them."""

import base64
from pathlib import Path

import numpy as np
from PIL import Image

from gan_lab.page.curve_data import curves_data, encoded, frames_data
from gan_lab.page.thumbnails import frames
from gan_lab.runs.curves import Curves, Series
from tests.compare.results import curve


def decoded(text: str) -> list[float]:
    values: list[float] = np.frombuffer(base64.b64decode(text), "<f4").tolist()
    return values


def test_numbers_are_little_endian_floats() -> None:
    assert decoded(encoded(np.array([1.5, -2.0, 1e300]))) == [1.5, -2.0, np.inf]


def test_curves_of_the_same_steps_share_them() -> None:
    both = curve([1.0, 2.0], a=[5, 6], b=[7, 8])
    clocks = np.array([[2.0], [128.0], [1.0]])
    found = curves_data(Curves(both.clocks, both.series | {"c": Series(clocks, np.array([9.0]))}))
    assert [[decoded(clock) for clock in grid] for grid in found["x"]] == [
        [[1, 2], [64, 128], [0.5, 1]],
        [[2], [128], [1]],
    ]
    assert {name: (grid, decoded(y)) for name, (grid, y) in found["series"].items()} == {
        **{"a": (0, [5, 6]), "b": (0, [7, 8]), "c": (1, [9])},
    }


def test_a_picture_has_the_clocks_of_its_step(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for step in (0, 2):
        Image.new("L", (4, 4)).save(tmp_path / "samples" / f"step_{step:06d}.png")
    known = frames_data(frames(tmp_path, 10, 0, None), curve([1.0, 3.0], fid=[1, 2]))
    assert [clocks for clocks, _ in known] == [[0, 0, 0], [2, 128, 1]]
    assert base64.b64decode(known[0][1])[:4] == b"RIFF"
    unknown = frames_data(frames(tmp_path, 10, 0, None), Curves())
    assert [clocks for clocks, _ in unknown] == [[0, None, None], [2, None, None]]
