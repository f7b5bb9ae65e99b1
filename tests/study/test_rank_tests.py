"""Rank tests over trials: against a count of pairs, and against all permutations."""

from itertools import combinations
from math import comb, inf

import numpy as np
import pytest

from gan_lab.study.rank_tests import overall, pairwise

TRIALS = {
    "good": [2.0, 3.0, 2.5, 4.0, 3.5, 2.2, 2.8, 3.1],
    "bad": [9.0, 8.0, inf, 7.0, 12.0, 30.0, inf, 8.5],
    "as good": [2.1, 3.3, 2.4, 4.4, 3.6, 2.0, 2.7, 3.0],
}


def test_the_chance_counts_the_pairs_in_which_one_trial_is_better() -> None:
    for test in pairwise(TRIALS):
        one, other = TRIALS[test.one], TRIALS[test.other]
        better = sum((a < b) + 0.5 * (a == b) for a in one for b in other)
        assert test.chance == pytest.approx(better / (len(one) * len(other)))


def test_the_p_of_two_small_groups_is_that_of_all_permutations() -> None:
    one, other = [1.0, 2.0, 5.0, 6.5], [3.0, 4.0, 7.0, 8.0, 9.0]
    every = np.array(one + other)
    ranks = every.argsort().argsort() + 1
    sums = np.array([ranks[list(chosen)].sum() for chosen in combinations(range(9), 4)])
    away = abs(sums - sums.mean())
    (test,) = pairwise({"one": one, "other": other})
    assert test.p == pytest.approx((away >= away[0] - 1e-9).mean(), abs=1e-12)


def test_it_is_exact_for_as_many_trials_as_a_study_has() -> None:
    """Of the C(24, 12) orders of two groups of twelve, one has all of one before all of the other."""
    (test,) = pairwise({"one": [*map(float, range(12))], "other": [*map(float, range(12, 24))]})
    assert test.p == pytest.approx(2 / comb(24, 12), rel=1e-9)


def test_a_test_seen_from_the_other_side_is_turned() -> None:
    for test in pairwise(TRIALS):
        turned = test.seen_from(test.other)
        assert (turned.one, turned.other, turned.p) == (test.other, test.one, test.p)
        assert turned.chance == pytest.approx(1 - test.chance)
        assert turned.seen_from(test.one).one == test.one


def test_failures_are_the_last_and_only_real_differences_are_told() -> None:
    found = {(test.one, test.other): test for test in pairwise(TRIALS)}
    assert found["good", "bad"].differ
    assert found["good", "bad"].chance == 1
    assert found["bad", "as good"].differ
    assert not found["good", "as good"].differ
    assert overall(TRIALS) < 0.01 < overall({name: TRIALS[name] for name in ("good", "as good")})
