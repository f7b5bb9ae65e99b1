"""What the best of k trials is: against every choice of k of them."""

from itertools import combinations
from math import inf
from statistics import mean

import pytest

from gan_lab.study.expected_best import expected_best, quantile_of_best

VALUES = [7.0, 3.0, 9.5, 3.0, 12.0, 5.5, 4.0]


@pytest.mark.parametrize("k", range(1, 8))
def test_it_is_the_mean_over_all_choices_of_k_trials(k: int) -> None:
    lowest = [min(some) for some in combinations(VALUES, k)]
    assert expected_best(VALUES, k) == pytest.approx(mean(lowest), rel=1e-12)


@pytest.mark.parametrize("k", range(1, 8))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_a_quantile_is_that_of_all_choices(k: int, share: float) -> None:
    lowest = sorted(min(some) for some in combinations(VALUES, k))
    wanted = next(value for value in lowest if sum(one <= value for one in lowest) >= share * len(lowest) - 1e-9)
    assert quantile_of_best(VALUES, k, share) == wanted


def test_trials_that_failed_count_until_k_is_larger_than_their_number() -> None:
    values = [inf, 4.0, inf, 6.0]
    assert expected_best(values, 2) == inf, "both may be failures"
    assert expected_best(values, 3) == pytest.approx(mean(min(some) for some in combinations(values, 3)))
