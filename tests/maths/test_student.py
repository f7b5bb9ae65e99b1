"""Tests of means agree with scipy's and with examples by hand, and err as seldom as they say."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from gan_lab.maths.student import holm, paired, welch

LEVEL, VERDICTS, PAGES = 0.05, 17, 4_000


@pytest.mark.parametrize("n", [2, 3, 10])
def test_welch_is_that_of_scipy(n: int) -> None:
    random = np.random.default_rng(n)
    one, other = random.normal(1.0, 0.1, (6, n)), random.normal(0.5, 2.0, (6, n))
    found, expected = welch(one, other), ttest_ind(one, other, axis=-1, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.low == pytest.approx(interval.low, rel=1e-9)
    assert found.high == pytest.approx(interval.high, rel=1e-9)


def test_paired_is_that_of_scipy() -> None:
    random = np.random.default_rng(0)
    common = random.normal(0, 5, (6, 10))
    one, other = common + random.normal(0.3, 0.5, (6, 10)), common + random.normal(0, 0.5, (6, 10))
    found, expected = paired(one, other), ttest_rel(one, other, axis=-1)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.low == pytest.approx(interval.low, rel=1e-9)
    assert found.high == pytest.approx(interval.high, rel=1e-9)


def test_two_degrees_of_freedom_in_closed_form() -> None:
    """P(|T| > t) = 1 - t / sqrt(2 + t^2); the differences 1, 2, 3 have t = 2 sqrt(3)."""
    t = 2 * 3**0.5
    found = paired([11.0, 22.0, 33.0], [10.0, 20.0, 30.0])
    assert float(found.p) == pytest.approx(1 - t / (2 + t**2) ** 0.5)
    assert float(found.high - found.low) == pytest.approx(2 * 4.302652729911275 / 3**0.5), "the 97.5 % point of a table"


@pytest.mark.filterwarnings("error")
def test_where_nothing_varies_there_is_nothing_to_test() -> None:
    assert np.isnan([*welch([1.0, 1.0], [2.0, 2.0]), *paired([1.0, 2.0], [2.0, 3.0])]).all()
    assert float(welch([1.0, 1.0, 1.0], [2.0, 2.1, 2.2]).p) < 0.02, "one of both varies"


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06]), "3 x .01, 2 x .03, and not less than that"
    assert holm([0.5, 0.001, 0.9, 0.02]) == pytest.approx([1.0, 0.004, 1.0, 0.06])
    assert holm([0.04]) == pytest.approx([0.04])
    assert holm([]).shape == (0,)


def test_holm_rejects_step_by_step() -> None:
    """The textbook's way: from the smallest p on, compare with level / m, level / (m - 1), ... until one fails."""
    random = np.random.default_rng(1)
    for p in random.uniform(0, 0.1, (200, 5)):
        rejected = set()
        for rank, index in enumerate(p.argsort()):
            if p[index] > LEVEL / (5 - rank):
                break
            rejected.add(index)
        assert {*np.flatnonzero(holm(p) <= LEVEL)} == rejected


@pytest.mark.parametrize(("spread", "at_most"), [(1.0, LEVEL), (3.0, LEVEL), (10.0, 0.125)])
def test_a_page_of_true_hypotheses_seldom_has_an_error(spread: float, at_most: float) -> None:
    """Three seeds against three, log-normal; the last case is the known limit of Welch's approximation."""
    random = np.random.default_rng(2)
    one, other = (10 * np.exp(0.1 * s * random.standard_normal((PAGES, VERDICTS, 3))) for s in (1.0, spread))
    errors = (holm(welch(np.log(one), np.log(other)).p) <= LEVEL).any(-1).mean()
    assert errors <= at_most + 3 * (at_most * (1 - at_most) / PAGES) ** 0.5


@pytest.mark.parametrize(("n", "m"), [(2, 3), (2, 10), (5, 3)])
@pytest.mark.parametrize("spread", [0.1, 1.0, 10.0])
def test_groups_of_two_sizes_have_no_more_errors_whatever_their_spread(n: int, m: int, spread: float) -> None:
    random = np.random.default_rng(5)
    one, other = random.standard_normal((PAGES, VERDICTS, n)), spread * random.standard_normal((PAGES, VERDICTS, m))
    errors = (holm(welch(one, other).p) <= LEVEL).any(-1).mean()
    assert errors <= LEVEL + 3 * (LEVEL * (1 - LEVEL) / PAGES) ** 0.5


def test_a_page_of_paired_tests_seldom_has_an_error() -> None:
    random = np.random.default_rng(3)
    one, other = (np.exp(0.1 * random.standard_normal((PAGES, VERDICTS, 10))) for _ in range(2))
    errors = (holm(paired(np.log(one), np.log(other)).p) <= LEVEL).any(-1).mean()
    assert abs(errors - LEVEL) <= 4 * (LEVEL * (1 - LEVEL) / PAGES) ** 0.5, "an exact test of independent pairs"


def test_three_times_the_value_is_found_among_true_hypotheses() -> None:
    random = np.random.default_rng(4)
    one, other = 0.1 * random.standard_normal((2, PAGES, VERDICTS, 3))
    one[:, 0] += np.log(3)
    assert (holm(welch(one, other).p)[:, 0] <= LEVEL).mean() > 0.8
