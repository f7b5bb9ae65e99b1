"""Films show the same codes over the pictures of a run."""

from pathlib import Path

import torch

from gan_lab.images import enlarge, grid, to_pil
from gan_lab.reference.film import CODES, FILMED, SIDE, both, film, frames


def test_a_film_has_a_column_for_each_picture_and_a_row_for_each_code(tmp_path: Path) -> None:
    """Picture s has the grey 50 s + 10 c at code c."""
    for step in (0, 1, 2):
        level = (50 * step + 10 * torch.arange(100.0)).clamp(max=250) / 127.5 - 1
        images = level[:, None, None, None].expand(100, 1, SIDE, SIDE)
        enlarge(to_pil(grid(images))).save(tmp_path / f"step_{step:06d}.png")
    strip = film(tmp_path)
    assert strip.size == (3 * SIDE, CODES * SIDE)
    for step in (0, 1, 2):
        for code in range(CODES):
            cell = strip.crop((step * SIDE, code * SIDE, (step + 1) * SIDE, (code + 1) * SIDE))
            assert cell.getextrema() == (50 * step + 10 * code,) * 2


def test_the_moments_of_both_films_are_their_columns(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    assert both(tmp_path) is None
    for row in FILMED:
        strip = to_pil(torch.full((1, CODES * SIDE, 4 * SIDE), 100, dtype=torch.uint8))
        strip.save(tmp_path / "films" / f"{row}.png")
    together = both(tmp_path)
    assert together is not None
    assert len(frames(together)) == 4
    assert {frame.size for frame in frames(together)} == {(2 * SIDE, together.height)}
