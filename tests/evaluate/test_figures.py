"""What is drawn of many evaluations."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from gan_lab.evaluate.cost_figures import cost_figure, curves, is_number, quality_diversity_figure, save_figures
from tests.drawn import legend_of, ys


def record(sampler: str, passes: float | None, values: dict[str, float], **settings: Any) -> dict[str, Any]:
    cost = {} if passes is None else {"passes": passes, "milliseconds": 1.0}
    subject = {"sha256": "a", "sampler": sampler, "seeds": [1], "n": 100, **settings}
    return {"measures": {"generated": values, "spread": {}, "floor": values}, "cost": cost, "subject": subject}


IMAGES = {"fid": 10.0, "precision_k3": 0.5, "recall_k3": 0.4}
POINTS = {"emd": 0.1, "high_quality_share": 0.5, "modes_covered": 25.0}


def test_a_curve_is_one_sampler_whose_numbers_change_in_their_order() -> None:
    records = [
        record("direct", 1, IMAGES),
        record("truncated", 1, IMAGES, t=2.0, psi=1.0),
        record("truncated", 1, IMAGES, t=0.5, psi=1.0),
        record("sigma_scaled", 1, IMAGES, tau=0.5),
        record("truncated", 1, IMAGES, t=1.0, psi=1.0),
        record("truncated", 1, IMAGES, t=None, psi=0.7),
        record("ddls", 9, IMAGES, calibration="platt"),
        record("ddls", 9, IMAGES, calibration="energy"),
    ]
    assert curves(records) == [[0], [2, 4, 1], [3], [5], [6], [7]]


def test_images_have_both_figures_and_points_the_one_of_cost(tmp_path: Path) -> None:
    for name, values, expected in (
        ("images", IMAGES, {"cost.png", "quality_diversity.png"}),
        ("points", POINTS, {"cost.png"}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        records = [record("direct", 1, values), record("sir", 65, values)]
        save_figures(folder, records, ["sampler=direct", "sampler=sir"], 0)
        assert {path.name for path in folder.iterdir()} == expected
        save_figures(folder, records, ["sampler=direct", "sampler=sir"], 1)
        assert len([*folder.iterdir()]) == 2 * len(expected), "a second protocol overwrites nothing"


def test_nothing_is_drawn_of_one_model_or_of_files(tmp_path: Path) -> None:
    records = [record("direct", 1, IMAGES), record("files", None, IMAGES)]
    save_figures(tmp_path, records, ["one", "other"], 0)
    assert list(tmp_path.iterdir()) == []


def crossed(panel: Axes) -> list[tuple[float, float]]:
    """Cost and value of each mark with its error bar."""
    marks: list[Any] = [container for container in panel.containers if isinstance(container, ErrorbarContainer)]
    return [(float(mark.lines[0].get_xdata()[0]), float(mark.lines[0].get_ydata()[0])) for mark in marks]


def test_each_measure_stands_against_its_cost_and_the_plain_generator_is_a_dashed_line() -> None:
    records = [record("direct", 1, IMAGES), record("sir", 65, IMAGES | {"fid": 4.0, "recall_k3": 0.3})]
    records[1]["measures"]["spread"] = {"fid": 0.5}
    figure = cost_figure(records, ["sampler=direct", "sampler=sir sampler.k=9"], ("fid", "precision_k3", "recall_k3"))
    fid, precision, recall = figure.axes
    assert [panel.get_title() for panel in figure.axes] == ["fid", "precision_k3", "recall_k3"]
    assert crossed(fid) == [(1, 10), (65, 4)]
    assert crossed(precision) == [(1, 0.5), (65, 0.5)]
    assert crossed(recall) == [(1, 0.4), (65, 0.3)]
    mark: Any = fid.containers[1]
    (low, high) = mark.lines[2][0].get_segments()[0][:, 1]
    assert (low, high) == pytest.approx((3.5, 4.5))
    dashed = [line for line in fid.get_lines() if line.get_linestyle() == "--"]
    assert [ys(line) for line in dashed] == [[10.0, 10.0]]
    assert {panel.get_xscale() for panel in figure.axes} == {"log"}
    assert legend_of(recall) == ["sampler=direct", "sampler=sir k=9"]
    assert [panel for panel in figure.axes if legend_of(panel)] == [recall]
    assert figure.get_size_inches().tolist() == pytest.approx([4.6 * 3 + 2.4, 4.2])


@pytest.mark.parametrize(
    ("measure", "low", "high", "scale"),
    [
        ("fid", 1.0, 8.0, "linear"),
        ("fid", 1.0, 8.1, "log"),
        ("emd", 0.1, 2.0, "log"),
        ("fid", 0.0, 9.0, "linear"),
        ("fid", 3.0, 20.0, "linear"),
        ("recall_k3", 0.01, 1.0, "linear"),
    ],
)
def test_distances_of_several_magnitudes_have_a_logarithmic_axis(
    measure: str, low: float, high: float, scale: str
) -> None:
    records = [record("direct", 1, {measure: low}), record("sir", 5, {measure: high})]
    (panel,) = cost_figure(records, ["a", "b"], (measure,)).axes
    assert panel.get_yscale() == scale


def test_many_evaluations_have_marks_and_colours_of_their_own() -> None:
    records = [record("sir", 1 + number, {"fid": 1.0}) for number in range(20)]
    (panel,) = cost_figure(records, [str(number) for number in range(20)], ("fid",)).axes
    marks = [container.lines[0] for container in panel.containers if isinstance(container, ErrorbarContainer)]
    assert len({mark.get_color() for mark in marks}) == 20
    assert [mark.get_marker() for mark in marks] == [*"osD^v<>pPXh*", *"osD^v<>p"]


def test_precision_stands_over_recall_and_a_sampler_is_one_curve() -> None:
    def at(recall: float, precision: float, sampler: str, **settings: Any) -> dict[str, Any]:
        return record(sampler, 1, {"recall_k3": recall, "precision_k3": precision}, **settings)

    records = [at(0.1, 0.9, "truncated", t=2.0), at(0.4, 0.5, "direct"), at(0.3, 0.7, "truncated", t=1.0)]
    records[0]["measures"]["floor"] = {"recall_k3": 0.8, "precision_k3": 0.85}
    (panel,) = quality_diversity_figure(records, ["sampler.t=2", "direct", "t=1"]).axes
    truncated, direct, floor = panel.get_lines()
    assert np.asarray(truncated.get_xydata()).tolist() == [[0.3, 0.7], [0.1, 0.9]]
    assert np.asarray(direct.get_xydata()).tolist() == [[0.4, 0.5]]
    assert np.asarray(floor.get_xydata()).tolist() == [[0.8, 0.85]]
    assert (truncated.get_linestyle(), direct.get_linestyle()) == ("-", "None")
    assert truncated.get_color() != direct.get_color()
    written = {text.get_text(): tuple(text.xy) for text in panel.texts}  # type: ignore[attr-defined]
    assert written == {"t=2": (0.1, 0.9), "direct": (0.4, 0.5), "t=1": (0.3, 0.7)}
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("recall (diversity)", "precision (quality)")


def test_true_is_no_number() -> None:
    assert [is_number(value) for value in (1, 0.5, True, None, "1")] == [True, True, False, False, False]
