"""Jensen-Shannon and earth mover's distance against closed forms and scipy's own."""

from math import log
from typing import Any

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from gan_lab.explain.base import Explained
from gan_lab.explain.js_and_emd import JSAndEMD, average_distance, best_plan, earth_mover


def random_pair(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two distributions on nine bins, some of them empty."""
    random = np.random.default_rng(seed)
    p, q = random.random((2, 9)) * (random.random((2, 9)) > 0.3)
    return p / p.sum(), q / q.sum()


@pytest.fixture(scope="module")
def explained() -> Explained:
    return JSAndEMD(masses=(1.0, 3.0, 6.0, 4.0, 2.0), longest_shift=11, plan_shift=2).explain()


@pytest.fixture(scope="module")
def numbers(explained: Explained) -> dict[str, Any]:
    return explained.numbers


def test_js_stays_at_log_2_until_the_supports_touch(numbers: dict[str, Any]) -> None:
    js = {row["shift"]: row["js"] for row in numbers["curves"]}
    assert [*js] == list(range(11, -1, -1))
    assert all(js[shift] == pytest.approx(log(2), abs=1e-15) for shift in range(5, 12))
    assert all(js[shift] < js[shift + 1] - 0.01 for shift in range(5))
    assert js[0] == 0


def test_the_earth_movers_distance_is_the_shift(numbers: dict[str, Any]) -> None:
    for row in numbers["curves"]:
        assert row["emd"] == pytest.approx(row["shift"], abs=1e-9)


def test_both_plans_move_p_to_q_and_the_best_one_at_the_distance(numbers: dict[str, Any]) -> None:
    p, q = np.zeros((2, 16))
    p[:5] = q[2:7] = np.array([1, 3, 6, 4, 2]) / 16
    for plan in numbers["plans"].values():
        matrix = np.array(plan["plan"])
        assert matrix.min() >= 0
        np.testing.assert_allclose(matrix.sum(1), p, atol=1e-15)
        np.testing.assert_allclose(matrix.sum(0), q, atol=1e-15)
    assert numbers["plans"]["best"]["average_distance"] == pytest.approx(2, abs=1e-12)
    assert numbers["plans"]["independent"]["average_distance"] > 2.05


@pytest.mark.parametrize("seed", range(5))
def test_any_two_distributions_against_scipy(seed: int) -> None:
    p, q = random_pair(seed)
    bins = np.arange(9)
    exact = wasserstein_distance(bins, bins, p, q)
    assert earth_mover(p, q) == pytest.approx(exact, abs=1e-9)
    assert average_distance(best_plan(p, q)) == pytest.approx(exact, abs=1e-12)
    assert average_distance(np.outer(p, q)) > exact


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"masses": (1.0, 0.0)}, "must be a list of one or more values, each a number above 0"),
        ({"masses": ()}, r"masses is \(\) and must be a list of one or more values"),
        ({"longest_shift": 2}, "longest_shift must be above 2, the number of bins"),
        ({"plan_shift": 6}, "plan_shift from 0 to it, not 5 and 6"),
        ({"plan_shift": -1}, "plan_shift is -1 and must be a whole number of 0 or more"),
        ({"masses": (1.0, -1.0)}, "each a number above 0"),
    ],
)
def test_refusals(settings: dict[str, Any], sentence: str) -> None:
    right: dict[str, Any] = {"masses": (1.0, 1.0), "longest_shift": 5, "plan_shift": 1}
    with pytest.raises(ValueError, match=sentence):
        JSAndEMD(**right | settings)


def test_the_ends_of_what_is_allowed() -> None:
    least = JSAndEMD(masses=(2.0, 6.0), longest_shift=3, plan_shift=0)
    assert least.masses.tolist() == [0.25, 0.75]
    assert JSAndEMD(masses=(2.0, 6.0), longest_shift=3, plan_shift=3).plan_shift == 3
    p, q = least.pair(2)
    assert (p.tolist(), q.tolist()) == ([0.25, 0.75, 0, 0, 0], [0, 0, 0.25, 0.75, 0])


def test_the_pairs_stand_above_with_an_arrow_for_each_move(explained: Explained) -> None:
    top, _ = explained.figure.subfigs
    assert [panel.get_title().partition(":")[0] for panel in top.axes] == ["shift 11", "shift 5", "shift 2"]
    assert [panel.get_title().partition(": ")[2] for panel in top.axes[:2]] == [
        *("JS = 0.693, EMD = 11", "JS = 0.693, EMD = 5"),
    ]
    masses = (np.array([1, 3, 6, 4, 2]) / 16).tolist()
    for panel, shift in zip(top.axes, (11, 5, 2), strict=True):
        p, q = ([bar.get_height() for bar in container] for container in panel.containers)
        assert p == pytest.approx(masses + [0] * 11)
        assert q == pytest.approx([0] * shift + masses + [0] * (11 - shift))
        assert [bar.get_x() + bar.get_width() / 2 for bar in panel.containers[1]] == pytest.approx([*range(16)])
        arrows = sorted((tuple(text.xyann), tuple(text.xy)) for text in panel.texts)  # type: ignore[attr-defined]
        assert [(start[0], end[0]) for start, end in arrows] == [(place, place + shift) for place in range(5)]
        assert [start[1] for start, _ in arrows] == pytest.approx(masses)
        assert [end[1] for _, end in arrows] == pytest.approx(masses)
        assert [text.arrow_patch.get_linewidth() for text in panel.texts] == pytest.approx(  # type: ignore[attr-defined]
            [0.5 + 6 * mass for mass in masses]
        )
        assert panel.get_ylim() == (0, pytest.approx(2.2 * max(masses)))
    unmoved = JSAndEMD(masses=(1.0, 1.0), longest_shift=3, plan_shift=0).explain().figure.subfigs[0].axes[2]
    assert len(unmoved.texts) == 0


def test_the_curves_and_the_plans_stand_below(explained: Explained, numbers: dict[str, Any]) -> None:
    _, bottom = explained.figure.subfigs
    axes: Any = bottom.axes
    curves, independent, best, *_ = axes
    right = next(panel for panel in axes if panel.get_ylabel() == "EMD (bins)")
    js, emd = curves.get_lines()[0], right.get_lines()[0]
    shifts = list(range(11, -1, -1))
    assert list(js.get_xdata()) == list(emd.get_xdata()) == shifts
    assert list(js.get_ydata()) == [row["js"] for row in numbers["curves"]]
    assert list(emd.get_ydata()) == [row["emd"] for row in numbers["curves"]]
    assert curves.get_lines()[1].get_ydata() == [log(2), log(2)]
    assert curves.texts[0].xy == (0, log(2))
    assert (curves.get_xlim(), curves.get_ylim()) == ((11.5, -0.5), (0, 0.8))
    assert right.get_ylim() == (0, pytest.approx(0.8 / log(2) * 11))  # so that both meet where the shift is longest
    assert [text.get_text() for text in curves.get_legend().get_texts()] == ["JS", "EMD"]
    plans = {name: np.array(plan["plan"]) for name, plan in numbers["plans"].items()}
    largest = max(plan.max() for plan in plans.values())
    for panel, (name, plan) in zip((independent, best), plans.items(), strict=True):
        (image,) = panel.images
        np.testing.assert_array_equal(np.asarray(image.get_array()), plan[:5, 2:7])
        assert image.get_extent() == [1.5, 6.5, -0.5, 4.5]
        assert image.get_clim()[1] == largest
        assert panel.get_title().startswith(f"{name} plan: moves mass by ")


def test_the_sentences_say_how_js_and_emd_differ(explained: Explained, numbers: dict[str, Any]) -> None:
    first, second = explained.sentences
    assert "(shifts 5 to 11), JS is 0.6931 = log 2 at every shift" in first
    assert "distance falls from 11 to 5." in first
    independent = numbers["plans"]["independent"]["average_distance"]
    assert f"At shift 2, the independent plan moves mass by {independent:.3f} bins" in second
    assert "the optimal one by 2.000." in second
