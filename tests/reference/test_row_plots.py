"""The table's figures show the numbers of the records and curves, in the right panels."""

from pathlib import Path
from typing import Any

import pytest

from gan_lab.reference.row_plots import curves, depth, weights
from tests.drawn import legend_of, xs, ys
from tests.reference.made import write_curve

STEPS = [*range(100, 4001, 100)]
FID = [50.0 / step for step in STEPS]


def test_each_column_has_a_panel_and_each_row_a_line(tmp_path: Path) -> None:
    for row, factor in (("gan_n1", 1.0), ("gan_n2", 2.0)):
        measured = [factor * fid if step % 400 == 0 else "" for step, fid in zip(STEPS, FID, strict=True)]
        write_curve(tmp_path, row, fid=measured, critic__loss=[factor] * 40)
    figure = curves(("fid", "critic/loss"), {"gan_n1": "n = 1", "gan_n2": "n = 2"}, [], tmp_path / "table")
    fid, loss = figure.axes
    for line, factor in zip(fid.lines, (1.0, 2.0), strict=True):
        assert xs(line) == STEPS[3::4]
        assert ys(line) == pytest.approx([factor * value for value in FID[3::4]])
        assert line.get_marker() == "o"
    for line, factor in zip(loss.lines, (1.0, 2.0), strict=True):
        assert (xs(line), ys(line)) == (STEPS, [factor] * 40)
        assert line.get_marker() == "None"
    assert (fid.get_yscale(), loss.get_yscale()) == ("log", "linear")
    assert ("validation images" in fid.get_title(), "validation images" in loss.get_title()) == (True, False)
    assert legend_of(fid) == ["n = 1", "n = 2"]


def test_the_norm_of_each_layer_is_a_mean_over_the_run(tmp_path: Path) -> None:
    layers: dict[str, Any] = {f"critic__parameter_gradient_norm_layer_{i}": [float(i), 3.0 * i] * 20 for i in (1, 2, 3)}
    write_curve(tmp_path, "gan", fid=[1.0] * 40, generator__parameter_gradient_norm_layer_1=[9.0] * 40, **layers)
    (axis,) = depth({"gan": "GAN"}, [], tmp_path / "table").axes
    (line,) = axis.lines
    assert ys(line) == [2, 4, 6]
    assert xs(line) == ["1", "2", "3"]
    assert axis.get_yscale() == "log"


def test_the_critics_weights_are_those_of_seed_1_from_edge_to_edge() -> None:
    def one(row: str, seed: int, edge: float) -> dict[str, object]:
        return {"row": row, "seed": seed, "critic_weights": {"edge": edge, "shares": [0.1, 0.2, 0.3, 0.4]}}

    records = [one("b", 1, 2.0), one("a", 2, 9.0), one("a", 1, 0.5)]
    figure = weights({"a": "A", "b": "B"}, records, Path())
    for axis, (title, edge) in zip(figure.axes, (("A", 0.5), ("B", 2.0)), strict=True):
        values, edges, _ = axis.patches[0].get_data()  # type: ignore[attr-defined]
        assert axis.get_title() == title
        assert list(values) == [0.1, 0.2, 0.3, 0.4]
        assert list(edges) == pytest.approx([-edge, -edge / 2, 0, edge / 2, edge])
