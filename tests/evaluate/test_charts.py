from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from gan_lab.evaluate.charts import classes, colors, confusion, embedding
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
    figure = confusion(torch.ones(20, 1000, dtype=torch.long), "component", [str(i) for i in range(1000)])
    assert not figure.axes[0].texts
    assert figure.axes[0].images[0].get_clim() == (0, 0.001)  # one of a thousand is not white
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
