"""What the picture of a study shows: curves of the right values, colours by k, lines by kind of samples."""

from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from gan_lab.sensitivity.figure import picture
from tests.drawn import xs, ys

SIZES = (500, 1000, 4000)
KS = (1, 3, 5)
NAMES = ("one", "another")


def value(name: str, kind: str, n: int, share: str, k: int) -> float:
    """Any number of (0, 1) that is different everywhere."""
    place = (NAMES.index(name), ("real", "generated").index(kind), SIZES.index(n), ("precision", "recall").index(share))
    return sum(digit * size for digit, size in zip((*place, k), (48, 24, 12, 6, 1), strict=True)) / 100


def made() -> list[dict[str, Any]]:
    records = []
    for name in NAMES:
        for n in SIZES:
            for kind, bias in (("real", 600.0), ("generated", 900.0)):
                shares = {f"{s}_k{k}": value(name, kind, n, s, k) for s in ("precision", "recall") for k in KS}
                records.append({"extractor": name, "samples": kind, "n": n, "fid": 2 + bias / n, "kid": 0.1, **shares})
    return records


@pytest.fixture(scope="module")
def figure() -> Figure:
    return picture(made(), "digits, test images")


def panel(figure: Figure, row: int, column: int) -> Axes:
    return figure.axes[3 * row + column]


def test_a_row_of_panels_for_each_extractor(figure: Figure) -> None:
    assert len(figure.axes) == 6
    assert [panel(figure, row, 0).get_ylabel() for row in (0, 1)] == [*NAMES]
    assert [axes.get_title() for axes in figure.axes[3:]] == [""] * 3
    assert [axes.get_title()[:9] for axes in figure.axes[:3]] == ["precision", "recall", "FID, in u"]
    assert [bool(axes.get_xlabel()) for axes in figure.axes] == [False] * 3 + [True] * 3
    assert "digits, test images" in figure.get_suptitle()


@pytest.mark.parametrize(("column", "share"), [(0, "precision"), (1, "recall")])
def test_shares_by_n_one_curve_for_each_kind_and_k(figure: Figure, column: int, share: str) -> None:
    for row, name in enumerate(NAMES):
        axes = panel(figure, row, column)
        curves = [(kind, k) for kind in ("real", "generated") for k in KS]
        for line, (kind, k) in zip(axes.lines, curves, strict=True):
            assert xs(line) == [*SIZES]
            assert ys(line) == pytest.approx([value(name, kind, n, share, k) for n in SIZES])
            assert line.get_linestyle() == {"real": "--", "generated": "-"}[kind]
        low, high = axes.get_ylim()
        assert -0.2 < low < 0, "a share of 0 is seen"
        assert 1 < high < 1.2


def test_a_k_has_one_colour_everywhere_and_no_two_the_same(figure: Figure) -> None:
    (legend,) = figure.legends
    entries = dict(zip((text.get_text() for text in legend.texts), legend.legend_handles, strict=True))
    colors = [to_rgba(entries[f"k = {k}"].get_color()) for k in KS]  # type: ignore[union-attr]
    assert len({*colors}) == len(KS)
    brightness = [sum(color[:3]) for color in colors]
    assert brightness == sorted(brightness), "the larger k, the brighter"
    for axes in (panel(figure, row, column) for row in (0, 1) for column in (0, 1)):
        assert [to_rgba(line.get_color()) for line in axes.lines] == colors * 2
    styles = {text: entries[text].get_linestyle() for text in ("real and real", "generated and real")}  # type: ignore[union-attr]
    assert styles == {"real and real": "--", "generated and real": "-"}


def test_a_single_k_has_a_colour_too() -> None:
    single = [{key: value for key, value in one.items() if not key.endswith(("k3", "k5"))} for one in made()]
    assert len(picture(single, "x").axes[0].lines) == 2


def test_distances_and_the_bias_of_real_ones(figure: Figure) -> None:
    for row in (0, 1):
        axes = panel(figure, row, 2)
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        real, bias, generated = (ys(line) for line in axes.lines)
        assert real == pytest.approx([2 + 600 / n for n in SIZES])
        assert generated == pytest.approx([2 + 900 / n for n in SIZES])
        assert bias == pytest.approx([real[0] * 500 / n for n in SIZES])
        assert [line.get_linestyle() for line in axes.lines] == ["--", ":", "-"]


def test_ticks_are_where_something_was_measured(figure: Figure) -> None:
    for axes in figure.axes:
        assert axes.get_xscale() == "log"
        assert list(axes.get_xticks()) == [*SIZES]
        assert [label.get_text() for label in axes.get_xticklabels()] == ["500", "1k", "4k"]
        assert list(axes.get_xticks(minor=True)) == []
