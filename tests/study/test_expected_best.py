"""What the best of k trials is: against every choice of k of them."""

from itertools import combinations
from math import inf
from statistics import mean

import numpy as np
import pytest

from gan_lab.study.expected_best import expected_best, interval, none_of

VALUES = [7.0, 3.0, 9.5, 3.0, 12.0, 5.5, 4.0]


@pytest.mark.parametrize("k", range(1, 8))
def test_it_is_the_mean_over_all_choices_of_k_trials(k: int) -> None:
    lowest = [min(some) for some in combinations(VALUES, k)]
    assert expected_best(VALUES, k) == pytest.approx(mean(lowest), rel=1e-12)


def test_the_interval_of_one_trial_is_that_of_a_mean() -> None:
    values = np.random.default_rng(3).exponential(10.0, 60)
    low, high = interval([*values], 1)
    half = 1.96 * values.std(ddof=1) / np.sqrt(60)
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)
    assert (high + low) / 2 == pytest.approx(values.mean(), abs=half / 4)


@pytest.mark.parametrize(("k", "least", "most"), [(1, 0.78, 0.92), (2, 0.88, 1.0), (3, 0.86, 1.0), (6, 0.72, 0.9)])
def test_the_interval_holds_the_true_value_as_often_as_is_said(k: int, least: float, most: float) -> None:
    """Of k exponential values of mean 1, the lowest has the mean 1 / k."""
    random = np.random.default_rng(4)
    found = [interval([*random.exponential(1.0, 12)], k) for _ in range(200)]
    held = np.mean([low <= 1 / k <= high for low, high in found])
    assert least < held < most


def test_the_mean_is_over_the_draws_that_have_a_result() -> None:
    values = [inf, 4.0, inf, 6.0]
    pairs = [min(pair) for pair in combinations(values, 2)]
    assert none_of(values, 2) == pytest.approx(pairs.count(inf) / len(pairs))
    assert expected_best(values, 2) == pytest.approx(mean(best for best in pairs if best < inf))
    assert none_of(values, 3) == 0
    assert expected_best(values, 3) == pytest.approx(mean(min(some) for some in combinations(values, 3)))
    assert expected_best([inf, inf], 1) == inf
