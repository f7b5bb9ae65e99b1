"""What the best of k trials is, for somebody who makes k of them. Imports no torch."""

from collections.abc import Sequence
from math import comb

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
    is biased). Infinite values, of trials that failed, count as such: the result is infinite where all k can be so.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    weights = chances(len(ordered), k)
    used = weights > 0
    return float(weights[used] @ ordered[used])


def interval(values: Sequence[float], k: int) -> tuple[float, float]:
    """Returns the 95 % interval of `expected_best` over other trials: the quantiles of what it is for `RESAMPLED` times
    n values that are drawn with repetition from these n (Efron 1979, the bootstrap).

    No resample has a lower value than the trials do, so that the interval is too narrow where k is near n: use it for k
    up to n / 2. The values must be finite.
    """
    found = np.asarray(values, dtype=np.float64)
    resampled = np.sort(np.random.default_rng(1).choice(found, (RESAMPLED, len(found))), axis=1)
    low, high = np.quantile(resampled @ chances(len(found), k), (0.025, 0.975))
    return float(low), float(high)
