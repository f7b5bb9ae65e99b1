"""Curves of metrics.csv, panel by panel."""

from pathlib import Path

import pytest
from PIL import Image

from gan_lab.callback.figures import Figures, draw, panels_of, read_curves
from gan_lab.runs.run_folder import RunFolder
from tests.callback.runs import Kept, evaluation, played
from tests.drawn import geometry, legend_of, xs, ys
from tests.fixtures import BuildModel

CURVE = ([1, 2], [0.1, 0.2])


def test_the_layers_of_a_network_share_a_panel() -> None:
    names = ["critic/loss", "critic/norm", "critic/norm_layer_1", "critic/norm_layer_10", "generator/norm_layer_1"]
    panels = panels_of(dict.fromkeys(names, CURVE))
    assert {title: [*lines] for title, lines in panels.items()} == {
        "critic/loss": ["critic/loss"],
        "critic/norm": ["critic/norm"],
        "critic/norm by layer": ["1", "10"],
        "generator/norm by layer": ["1"],
    }


def test_a_floor_is_drawn_beside_its_measure() -> None:
    figure = draw({"fid": CURVE, "recall": CURVE}, {"fid": 1.0})
    fid, recall = figure.axes
    assert [len(panel.lines) for panel in (fid, recall)] == [2, 1]
    assert ys(fid.lines[1]) == [1.0, 1.0]
    assert (xs(fid.lines[0]), ys(fid.lines[0])) == CURVE
    assert [panel.get_title() for panel in (fid, recall)] == ["fid", "recall"]


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (4, 4, 1), (5, 4, 2), (9, 4, 3)])
def test_four_panels_stand_in_a_row_and_places_without_one_are_empty(count: int, columns: int, rows: int) -> None:
    figure = draw({str(number): CURVE for number in range(count)}, {})
    assert len(figure.axes) == columns * rows
    assert geometry(figure.axes[0]) == (rows, columns)
    assert [panel.axison for panel in figure.axes] == [True] * count + [False] * (columns * rows - count)
    assert figure.get_size_inches().tolist() == pytest.approx([3.2 * columns, 2.2 * rows])


def test_layers_are_named_and_a_lone_curve_needs_no_name() -> None:
    together, alone = draw({"a/x_layer_1": CURVE, "a/x_layer_2": CURVE, "b": CURVE}, {}).axes
    assert legend_of(together) == ["1", "2"]
    assert alone.get_legend() is None


def test_few_measurements_have_a_mark_each() -> None:
    few, many = ([*range(29)], [0.0] * 29), ([*range(30)], [0.0] * 30)
    assert [panel.lines[0].get_marker() for panel in draw({"few": few, "many": many}, {}).axes] == ["o", "None"]


def test_a_curve_has_the_steps_at_which_it_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("generator_steps,images_seen,seconds,fid,never\n1,2,3,0.5,\n2,4,6,,\n3,6,9,nan,\n4,8,12,0.25,\n")
    assert read_curves(path) == {"fid": ([1, 4], [0.5, 0.25])}


class Writes(Kept):
    """Leaves a metrics.csv when it is saved."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__()
        self.path, self.text = path, text

    def save(self) -> None:
        self.path.write_text(self.text)


def test_a_run_draws_its_terms_and_its_measures(build_model: BuildModel, tmp_path: Path) -> None:
    model, measured = build_model("model=gan", "data=ring"), evaluation(tmp_path, times=1)
    played(model, 1, measured)
    trainer, clocks = model.trainer, "generator_steps,images_seen,seconds"
    drawn = {
        "nothing": f"{clocks}\n1,2,3\n",
        "terms": f"{clocks},critic/loss\n1,2,3,0.5\n",
        "measures": f"{clocks},emd\n1,2,3,0.5\n",
    }
    for name, text in drawn.items():
        folder = RunFolder(tmp_path / name)
        folder.path.mkdir()
        trainer.loggers = [Writes(folder.metrics, text)]
        Figures(run_dir=str(folder.path)).on_train_end(trainer, model)
        assert [path.name for path in folder.figures.glob("*")] == ([] if name == "nothing" else [f"{name}.png"])
    # The floor is in the picture, which is another one without it.
    for floors, same in ((measured.results["floor"], True), ({}, False)):
        draw({"emd": ([1], [0.5])}, floors).savefig(tmp_path / "again.png")
        paths = tmp_path / "again.png", tmp_path / "measures" / "figures" / "measures.png"
        again, there = (Image.open(path).tobytes() for path in paths)
        assert (again == there) == same
