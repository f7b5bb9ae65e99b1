"""Student's t-tests of a difference of means, and Holm's correction of several tests."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64] | np.float64


class Difference(NamedTuple):
    """The p-value of "the means are equal", and the lower and upper end of the 95 % interval of their difference."""

    p: Array
    low: Array
    high: Array


def welch(one: npt.ArrayLike, other: npt.ArrayLike) -> Difference:
    """Returns Welch's test of mean(one) - mean(other), along the last axis, where the values of each group lie.

    With v_i = s_i^2 / n_i, t is the difference over sqrt(v_1 + v_2). It is compared with Student's t of
    (v_1 + v_2)^2 / (v_1^2 / (n_1 - 1) + v_2^2 / (n_2 - 1)) degrees of freedom where both groups are of one size (Welch
    1947, Biometrika 34). Where they are not, this approximation rejects too often: in 10 % of cases for two values
    against ten. Then it is compared with that of min(n_1, n_2) - 1, with which it never does (Mickey & Brown 1966,
    Annals of Mathematical Statistics 37). All results are NaN where no group varies.

    With three values each and 17 tests corrected by Holm, at least one of 17 true hypotheses is rejected in 2 % of
    cases where the standard deviations are equal, in 5 % where one is three times the other, and in 12 % where one is
    ten times the other (tests/maths/test_student.py).
    """
    first, second = np.asarray(one, float), np.asarray(other, float)
    n, m = first.shape[-1], second.shape[-1]
    v, w = variance(first) / n, variance(second) / m
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = (v + w) ** 2 / (v**2 / (n - 1) + w**2 / (m - 1))
    freedom = freedom if n == m else np.full_like(freedom, min(n, m) - 1)
    return students(first.mean(-1) - second.mean(-1), np.sqrt(v + w), freedom)


def paired(one: npt.ArrayLike, other: npt.ArrayLike) -> Difference:
    """Returns the paired test of mean(one - other), along the last axis, where values of one index belong together.

    t is the mean of the n differences over s / sqrt(n), with n - 1 degrees of freedom. All results are NaN where the
    differences do not vary. Source: Student 1908, Biometrika 6.
    """
    apart = np.asarray(one, float) - np.asarray(other, float)
    n = apart.shape[-1]
    return students(apart.mean(-1), np.sqrt(variance(apart) / n), np.full(apart.shape[:-1], n - 1.0))


def variance(values: npt.NDArray[np.float64]) -> Array:
    """Returns the unbiased variance along the last axis: exactly 0 where the values are equal but for rounding errors,
    which would otherwise make a test of nothing significant."""
    rounding = 8 * np.finfo(float).eps * np.abs(values).max(-1)
    return np.where(np.ptp(values, -1) <= rounding, 0.0, values.var(-1, ddof=1))


def students(difference: Array, error: Array, freedom: Array) -> Difference:
    """Returns the test of a difference with this standard error and these degrees of freedom."""
    from scipy.special import stdtr, stdtrit  # slow to import, and most commands have nothing to test

    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(error > 0, 2 * stdtr(freedom, -np.abs(difference / error)), np.nan)
        half = np.where(error > 0, stdtrit(freedom, 0.975) * error, np.nan)
    return Difference(p, difference - half, difference + half)


def holm(p: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Returns the p-values of m tests, along the last axis, adjusted so that a family-wise level can be compared.

    The i-th smallest of m becomes the largest of (m - j + 1) p_j over j <= i, at most 1. At level a, those that are at
    most a are rejected; then the probability that any true hypothesis is among them is at most a, however the tests
    depend on each other. Source: Holm 1979, Scandinavian Journal of Statistics 6.
    """
    values = np.asarray(p, float)
    order = values.argsort(-1)
    many = values.shape[-1] - np.arange(values.shape[-1])
    stepped = np.maximum.accumulate(np.take_along_axis(values, order, -1) * many, -1).clip(max=1.0)
    adjusted = np.empty_like(values)
    np.put_along_axis(adjusted, order, stepped, -1)
    return adjusted
