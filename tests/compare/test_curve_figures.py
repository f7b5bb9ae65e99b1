"""The lines of curves.png: means over seeds, their spread, the floor, and one colour for each row."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gan_lab.compare.curve_figures import draw, mean_curve, save_figures
from gan_lab.errors import GanLabError
from tests.compare.results import curve, result, row, section
from tests.compare.runs import PROTOCOL, changed, seeded, write_run
from tests.drawn import geometry

STEPS = [1.0, 2.0, 3.0]


def test_the_mean_and_spread_of_seeds_end_where_the_shortest_does() -> None:
    long = result("long", curves=curve([1.0, 2.0, 3.0, 4.0], fid=[4, 3, 2, 1]))
    short = result("short", curves=curve([2.0, 3.0], fid=[7, 4]))
    without = result("without", curves=curve([1.0], emd=[9]))
    found = mean_curve(row(long, short, without), "fid", 1)
    assert found is not None
    x, mean, spread = found
    assert x.tolist() == [128, 192]
    assert mean.tolist() == [5, 3]
    assert spread.tolist() == pytest.approx([np.std([3, 7], ddof=1), np.std([2, 4], ddof=1)])
    assert mean_curve(row(without), "fid", 0) is None


def test_one_seed_has_no_spread_and_curves_are_read_between_their_points() -> None:
    only = mean_curve(row(result(curves=curve(STEPS, fid=[5, 1, 3]))), "fid", 0)
    assert only is not None
    assert [values.tolist() for values in only] == [[1, 2, 3], [5, 1, 3], [0, 0, 0]]
    coarse = result("coarse", curves=curve([1.0, 3.0], fid=[0, 4]))
    both = mean_curve(row(result(curves=curve(STEPS, fid=[0, 0, 0])), coarse), "fid", 2)
    assert both is not None
    assert both[0].tolist() == [0.5, 1, 1.5]
    assert both[1].tolist() == [0, 1, 2]


def test_each_row_is_a_line_with_its_band_and_the_floor_is_dashed() -> None:
    rows = [row(result(curves=curve(STEPS, fid=[5, height, 3])), label=f"height {height}") for height in (1, 2)]
    figure = draw(section(*rows, floor={"fid": 0.5}), ["fid"], 0)
    (panel,) = figure.axes
    first, second, floor = panel.get_lines()
    assert [line.get_label() for line in panel.get_lines()] == ["height 1", "height 2", "real (floor)"]
    assert np.asarray(first.get_ydata()).tolist() == [5, 1, 3]
    assert np.asarray(second.get_ydata()).tolist() == [5, 2, 3]
    assert first.get_color() is not second.get_color()
    assert (floor.get_ydata(), floor.get_linestyle()) == ([0.5, 0.5], "--")
    assert len(panel.collections) == 2
    assert (panel.get_title(), panel.get_xlabel()) == ("fid", "generator steps")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["height 1", "height 2", "real (floor)"]


def test_the_band_is_one_standard_deviation_on_both_sides() -> None:
    pair = row(*(result(str(shift), curves=curve(STEPS, fid=[1 + shift, 2, 3])) for shift in (0, 2)))
    (panel,) = draw(section(pair, floor={}), ["fid"], 0).axes
    band: Any = panel.collections[0].get_paths()[0].vertices
    at_first = sorted({round(float(y), 6) for x, y in band if x == 1})
    assert at_first == pytest.approx([2 - 2**0.5, 2 + 2**0.5], abs=1e-5)


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 3))])
def test_three_panels_stand_in_a_row_and_places_without_one_are_empty(count: int, shape: tuple[int, int]) -> None:
    names = [f"m{number}" for number in range(count)]
    only = row(result(curves=curve(STEPS, **{name: [1.0, 2.0, 3.0] for name in names})))
    figure = draw(section(only), names, 1)
    assert geometry(figure.axes[0]) == shape
    assert [panel.axison for panel in figure.axes] == [True] * count + [False] * (shape[0] * shape[1] - count)
    assert [panel.get_title() for panel in figure.axes[:count]] == names
    assert {panel.get_xlabel() for panel in figure.axes[:count]} == {"images seen"}
    assert figure.get_size_inches().tolist() == pytest.approx([4.4 * shape[1], 3.1 * shape[0] + 0.52])


@pytest.mark.parametrize(
    ("name", "values", "scale"),
    [
        ("fid", [1.0, 8.0, 4.0], "linear"),
        ("fid", [1.0, 8.1, 4.0], "log"),
        ("fid", [0.0, 9.0, 4.0], "linear"),
        ("fid", [-1.0, 9.0, 4.0], "linear"),
        ("critic/loss", [1.0, 100.0, 4.0], "linear"),
    ],
)
def test_measures_of_several_magnitudes_have_a_logarithmic_axis(name: str, values: list[float], scale: str) -> None:
    (panel,) = draw(section(row(result(curves=curve(STEPS, **{name: values})))), [name], 0).axes
    assert panel.get_yscale() == scale


@pytest.mark.parametrize("count", [2, 10, 11, 25])
def test_every_row_has_a_colour_of_its_own(count: int) -> None:
    rows = [row(result(curves=curve(STEPS, fid=[1, 2, 3])), label=str(number)) for number in range(count)]
    (panel,) = draw(section(*rows), ["fid"], 0).axes
    assert len({tuple(line.get_color()) for line in panel.get_lines()}) == count


def test_each_protocol_has_a_file_and_unknown_names_are_refused(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "a", config, steps=200)
    write_run(tmp_path / "b", seeded(config, 2), steps=200)
    write_run(tmp_path / "c", changed(config, model__n_critic=2), steps=200, protocol=PROTOCOL | {"k": 5})
    said = save_figures([tmp_path], tmp_path, ["fid"], "seconds")
    assert said == f"{tmp_path / 'curves.png'}, {tmp_path / 'curves_1.png'}"
    assert all(Image.open(path).width == round(4.4 * 110) for path in tmp_path.glob("curves*.png"))
    assert len([*tmp_path.glob("curves*.png")]) == 2
    with pytest.raises(GanLabError, match="no run has a curve of fud, fad: there are coverage_k5, critic/"):
        save_figures([tmp_path], tmp_path, ["fud", "fid", "fad"], "seconds")
    (tmp_path / "empty").mkdir()
    with pytest.raises(GanLabError, match="no run has a curve of fid: there are no curves"):
        save_figures([tmp_path / "empty"], tmp_path, ["fid"], "seconds")


@pytest.mark.parametrize(
    "label", ["a", "variant wgan_gp", "wgan_gp · lr 0.0005 · batch_size 64", "gmgan_dynamic · lr 0.0005 · " * 4]
)
def test_the_legend_lies_in_the_figure(label: str) -> None:
    rows = [row(result(curves=curve(STEPS, fid=[5, height, 3])), label=f"{label} {height}") for height in range(7)]
    figure = draw(section(*rows), ["fid"], 0)
    figure.draw_without_rendering()
    (legend,), (panel,) = figure.legends, figure.axes
    around, inside = figure.bbox, legend.get_window_extent()
    assert around.x0 <= inside.x0 < inside.x1 <= around.x1
    assert around.y0 <= inside.y0 < inside.y1 <= panel.get_window_extent().y0


def test_the_legend_has_room_for_every_row_and_the_floor_three_in_a_line() -> None:
    def lines(count: int) -> float:
        rows = [
            row(result(str(number), curves=curve(STEPS, fid=[5, 1, 3])), label=str(number)) for number in range(count)
        ]
        return (draw(section(*rows, floor={"fid": 0.5}), ["fid"], 0).get_size_inches()[1] - 3.1 - 0.3) / 0.22

    assert [lines(count) for count in (1, 2, 3, 5, 6)] == pytest.approx([1, 1, 2, 2, 3])
