"""Pictures of a run for the page: how many, which, how large."""

import io
from pathlib import Path

import pytest
from PIL import Image

from gan_lab.page.thumbnails import chosen, frames, frames_per_run, shrunk


@pytest.mark.parametrize(("runs", "each"), [(0, 10), (1, 10), (60, 10), (100, 6), (299, 2), (1000, 2)])
def test_many_runs_share_the_pictures_of_a_page(runs: int, each: int) -> None:
    assert frames_per_run(runs) == each


def test_both_ends_and_what_lies_evenly_between() -> None:
    assert chosen([*range(9)], 5) == [0, 2, 4, 6, 8]
    assert chosen([*range(5)], 5) == [0, 1, 2, 3, 4]
    assert chosen([*range(100)], 2) == [0, 99]


def opened(picture: bytes | None) -> Image.Image:
    assert picture is not None
    return Image.open(io.BytesIO(picture))


@pytest.mark.parametrize(
    ("size", "rows", "expected"),
    [
        ((580, 580), None, (290, 290)),
        ((580, 580), 5, (290, 290)),
        ((580, 580), 10, (290, 145)),
        ((580, 600), 6, (290, 250)),
        ((400, 100), None, (400, 100)),
        ((436, 100), None, (218, 50)),
        ((2900, 8), None, (2900, 8)),
    ],
)
def test_a_picture_has_about_the_width_of_the_page_and_five_rows(
    tmp_path: Path, size: tuple[int, int], rows: int | None, expected: tuple[int, int]
) -> None:
    Image.new("L", size, 200).save(tmp_path / "picture.png")
    found = opened(shrunk(tmp_path / "picture.png", rows))
    assert (found.format, found.size) == ("WEBP", expected)


def test_colours_stay_and_what_is_no_picture_is_none(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 20), (250, 0, 0, 255)).save(tmp_path / "red.png")
    red = opened(shrunk(tmp_path / "red.png", None)).convert("RGB").getpixel((10, 10))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert max(red[1:]) < 50
    (tmp_path / "text.png").write_text("no picture")
    assert shrunk(tmp_path / "text.png", None) is None


def test_the_steps_are_those_of_the_file_names(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    assert frames(tmp_path, 3, 70, None) == []
    Image.new("L", (8, 8)).save(samples / "latest.png")
    assert [step for step, _ in frames(tmp_path, 3, 70, None)] == [70]
    for step in (0, 20, 100, 40, 60):
        Image.new("L", (8, 8)).save(samples / f"step_{step:06d}.png")
    (samples / "step_000080.png").write_text("torn")
    assert [step for step, _ in frames(tmp_path, 10, 70, None)] == [0, 20, 40, 60, 100]
    assert [step for step, _ in frames(tmp_path, 2, 70, None)] == [0, 100]
