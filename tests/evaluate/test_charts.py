from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from gan_lab.evaluate.charts import by_class, classes, colors, confusion, embedding
from tests.present import present

NAMES = tuple("abcd")


def legend_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_confusion_writes_counts_and_colours_shares() -> None:
    figure = confusion(torch.tensor([[3, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 12]]), "component", NAMES)
    panel = figure.axes[0]
    written = {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in panel.texts}
    assert written == {(0, 0): "3", (0, 1): "1", (2, 3): "12"}
    assert present(panel.images[0].get_array()).tolist() == [[0.75, 0.25, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert [label.get_text() for label in panel.get_xticklabels()] == list(NAMES)
    assert panel.get_ylabel() == "component"
    assert "16 generated images" in panel.get_title()


def test_confusion_of_a_thousand_classes_has_no_numbers() -> None:
    counts = torch.ones(20, 1000, dtype=torch.long)
    counts[:, 7] = 9
    counts[:, 8:16] = 0
    figure = confusion(counts, "component", [str(i) for i in range(1000)])
    assert not figure.axes[0].texts
    assert figure.axes[0].images[0].get_clim() == (0, 0.009)  # nine of a thousand are not white
    assert max(figure.get_size_inches()) < 20


def test_bars_are_the_shares_side_by_side() -> None:
    generated, reference = torch.tensor([0.5, 0.5, 0, 0]), torch.tensor([0.25, 0.25, 0.4, 0.1])
    figure = classes(generated, reference, NAMES)
    bars = {container.get_label(): [bar.get_height() for bar in container] for container in figure.axes[0].containers}
    assert bars["generated"] == pytest.approx(generated.tolist())
    assert bars["real images"] == pytest.approx(reference.tolist())
    left, right = (container[2].get_x() for container in figure.axes[0].containers)
    assert left + 0.4 == pytest.approx(right)
    assert legend_of(figure) == ["real images", "generated"]


def test_every_point_has_the_colour_of_its_group() -> None:
    points, groups = torch.arange(14.0).view(7, 2), torch.tensor([5, 0, 5, 2, 2, 2, 5])
    figure = embedding(points, groups, "component", real=torch.rand(9, 2))
    real, *drawn = figure.axes[0].collections
    assert len(np.asarray(real.get_offsets())) == 9
    assert np.asarray(real.get_facecolor())[0].tolist() == list(to_rgba("lightgrey"))
    assert [np.asarray(part.get_offsets()).tolist() for part in drawn] == [
        points[groups == c].tolist() for c in (0, 2, 5)
    ]
    assert legend_of(figure) == ["real", "component 0", "component 2", "component 5"]
    assert len({tuple(np.asarray(part.get_facecolor())[0]) for part in drawn}) == 3


def test_a_hundred_groups_are_not_named() -> None:
    points = torch.rand(100, 2)
    figure = embedding(points, torch.arange(100), "class", real=points)
    assert legend_of(figure) == ["real"]
    assert len(figure.axes[0].collections) == 101


@pytest.mark.parametrize("n", [1, 10, 19, 20, 40])
def test_colours_differ_and_none_is_grey(n: int) -> None:
    assert len({tuple(color) for color in colors(n)}) == n
    assert all(max(color[:3]) - min(color[:3]) > 0.1 or max(color[:3]) == 0 for color in colors(n))


@pytest.mark.parametrize("groups", [1, 10, 60])
def test_embedding_is_drawn(groups: int, tmp_path: Path) -> None:
    points = torch.rand(120, 2, generator=torch.Generator().manual_seed(0))
    embedding(points, torch.arange(120) % groups, "component").savefig(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 5000


@pytest.mark.parametrize(("k", "labelled"), [(30, True), (31, False)])
def test_up_to_thirty_classes_have_a_label_each(k: int, labelled: bool) -> None:
    names = [f"class {number}" for number in range(k)]
    (panel,) = classes(torch.full((k,), 1 / k), torch.full((k,), 1 / k), names).axes
    assert ([label.get_text() for label in panel.get_xticklabels()] == names) == labelled
    wide = confusion(torch.eye(k, dtype=torch.long), "component", names)
    assert bool(wide.axes[0].texts) == labelled
    size = [1.8 + 0.42 * k, 1.4 + 0.34 * k] if labelled else [9.0, 5.0]
    assert wide.get_size_inches().tolist() == pytest.approx(size)


def test_numbers_are_readable_on_their_colour() -> None:
    figure = confusion(torch.tensor([[6, 4], [7, 3]]), "component", "ab")
    colours = {text.get_text(): text.get_color() for text in figure.axes[0].texts}
    assert colours == {"6": "black", "4": "black", "7": "white", "3": "black"}
    assert figure.axes[0].images[0].get_clim() == (0, 1)


def test_bars_of_a_class_stand_side_by_side_and_fit_between_their_neighbours() -> None:
    (panel,) = classes(torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75]), "ab").axes
    spans = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for part in panel.containers for bar in part)
    assert [x for span in spans for x in span] == pytest.approx([-0.4, 0, 0, 0.4, 0.6, 1, 1, 1.4])


@pytest.mark.parametrize(("groups", "named"), [(60, True), (61, False)])
def test_up_to_sixty_groups_are_named(groups: int, named: bool) -> None:
    figure = embedding(torch.rand(groups, 2), torch.arange(groups), "class", real=torch.rand(3, 2))
    assert len(legend_of(figure)) == (groups + 1 if named else 1)
    assert figure.axes[0].get_aspect() == 1


def test_a_class_at_an_infinite_distance_has_no_bar_and_there_is_no_mean() -> None:
    fids, kids = torch.tensor([3.0, torch.inf]), torch.tensor([-0.1, 0.3])
    above, below = by_class({"fid": fids, "kid": kids}, [4, 7], "Distances").axes
    heights = [[bar.get_height() for bar in panel.patches] for panel in (above, below)]  # type: ignore[attr-defined]
    assert heights == [[3.0, 0.0], pytest.approx([-0.1, 0.3])]
    assert [panel.get_ylabel() for panel in (above, below)] == ["fid", "kid"]
    assert [tick.get_text() for tick in below.get_xticklabels()] == ["4", "7"]
    assert (len(above.lines), len(below.lines)) == (0, 1)
    assert below.lines[0].get_ydata()[0] == pytest.approx(0.1)  # type: ignore[index]
