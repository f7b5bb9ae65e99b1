"""What the best of k trials is, for somebody who makes k of them. Imports no torch."""

from collections.abc import Sequence
from math import comb, inf, isinf

import numpy as np
from numpy.typing import NDArray

RESAMPLED = 2000


def chances(n: int, k: int) -> NDArray[np.float64]:
    """Returns the chance that the i-th lowest of n values is the lowest of k of them that are drawn without repetition,
    for i = 1 ... n: C(n - i, k - 1) / C(n, k)."""
    return np.array([comb(n - i, k - 1) / comb(n, k) for i in range(1, n + 1)])


def expected_best(values: Sequence[float], k: int) -> float:
    """Returns the mean over all ways to draw k of the values, without repetition, of the lowest of them.

    It estimates without bias what k trials reach (Dodge et al. 2019, arXiv:1909.03004, who draw with repetition, which
    is biased). Infinite values are trials that failed: the mean is over those draws that have another one
    (`none_of`), and infinite where no draw has.
    """
    return float(means(np.sort(np.asarray(values, dtype=np.float64)), k))


def means(ordered: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Returns `expected_best` of values that are in order, along the last axis."""
    known = np.isfinite(ordered)
    weights = chances(ordered.shape[-1], k) * known
    total = weights.sum(-1)
    sums = (weights * np.where(known, ordered, 0.0)).sum(-1)
    return np.where(total > 0, sums / np.where(total > 0, total, 1.0), inf)


def none_of(values: Sequence[float], k: int) -> float:
    """Returns the chance that all of k of the values, which are drawn without repetition, are infinite."""
    return comb(sum(map(isinf, values)), k) / comb(len(values), k)


def interval(values: Sequence[float], k: int) -> tuple[float, float]:
    """Returns the interval of `expected_best` over other trials, nominally of 95 %: the quantiles of what it is for
    `RESAMPLED` times n values that are drawn with repetition from these n (Efron 1979, the bootstrap).

    It is too narrow for few trials, and the more so the nearer k is to n, since no resample has a lower value than the
    trials do. Of 12 trials, it holds the true value in 80 to 95 % of cases for k up to n / 4 = 3, and in some 80 % for
    k = 6 (tests/study/test_expected_best.py).
    """
    found = np.asarray(values, dtype=np.float64)
    resampled = np.sort(np.random.default_rng(1).choice(found, (RESAMPLED, len(found))), axis=1)
    low, high = np.quantile(means(resampled, k), (0.025, 0.975), method="nearest")
    return float(low), float(high)
