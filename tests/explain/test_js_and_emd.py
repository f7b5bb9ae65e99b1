"""Jensen-Shannon and earth mover's distance against closed forms and scipy's own."""

from math import log
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from gan_lab.explain.js_and_emd import JSAndEMD, average_distance, best_plan, earth_mover, jensen_shannon


def random_pair(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two distributions on nine bins, some of them empty."""
    random = np.random.default_rng(seed)
    p, q = random.random((2, 9)) * (random.random((2, 9)) > 0.3)
    return p / p.sum(), q / q.sum()


@pytest.fixture(scope="module")
def numbers() -> dict[str, Any]:
    return JSAndEMD(masses=(1.0, 3.0, 6.0, 4.0, 2.0), longest_shift=11, plan_shift=2).explain().numbers


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
    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"masses": (1.0, 0.0)}, "masses must be a list of one or more numbers above 0"),
        ({"masses": ()}, "masses must be a list"),
        ({"longest_shift": 2}, "longest_shift must be above 2, the number of bins"),
        ({"plan_shift": 6}, "plan_shift from 0 to it, not 5 and 6"),
    ],
)
def test_refusals(settings: dict[str, Any], sentence: str) -> None:
    right: dict[str, Any] = {"masses": (1.0, 1.0), "longest_shift": 5, "plan_shift": 1}
    with pytest.raises(ValueError, match=sentence):
        JSAndEMD(**right | settings)
