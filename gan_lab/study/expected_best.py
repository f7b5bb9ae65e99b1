"""What the best of k trials is, for somebody who makes k of them. Imports no torch."""

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray


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


def quantile_of_best(values: Sequence[float], k: int, share: float) -> float:
    """Returns the value that the lowest of k of the values, drawn without repetition, does not exceed with a chance of
    `share` or more: the smallest such one."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    below = np.cumsum(chances(len(ordered), k))
    return float(ordered[min(int(np.searchsorted(below, share - 1e-12)), len(ordered) - 1)])
