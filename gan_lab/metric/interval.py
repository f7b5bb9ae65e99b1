"""The interval that a measure has by its sampling error. Imports no torch."""

from collections.abc import Mapping, Sequence
from math import inf, isfinite
from statistics import mean

from gan_lab.terminal.table import cell

Interval = tuple[float, float]
TITLE = "95 % interval"
EXPLAINED = (
    "The 95 % interval is the sampling error of one generator, from resampling the generated and the real samples"
)
Z = 1.959964
"""The quantile of a normal law that 2.5 % exceed."""
LEAST = {"kid": -inf, "inception_score": 1.0, "classes_covered": 1.0}
"""The least values that are not 0."""
SHARES = ("precision", "recall", "coverage", "high_quality_share", "class_tv", "class_least_share")
"""The beginnings of the names of measures that cannot exceed 1."""


def intervals(
    values: Mapping[str, float], deviations: Mapping[str, float], most: Mapping[str, float] | None = None
) -> dict[str, Interval]:
    """Returns the 95 % interval of each value whose standard deviation is known: value ± 1.96 deviations, cut off at
    the least value that the measure can have, and at the greatest if it is a share or `most` has it. A deviation of 0
    gives none: it says no more than that all samples are alike.
    """
    return {
        name: around(name, values[name], deviation, (most or {}).get(name, inf))
        for name, deviation in deviations.items()
        if 0 < deviation < inf and isfinite(values.get(name, inf))
    }


def around(name: str, value: float, deviation: float, most: float = inf) -> Interval:
    """Returns the interval of one value, whose measure is at most `most`."""
    most = min(most, 1.0) if name.startswith(SHARES) else most
    return max(LEAST.get(name, 0.0), value - Z * deviation), min(most, value + Z * deviation)


def mean_interval(found: Sequence[Interval]) -> Interval:
    """Returns the means of both ends: an interval of one generator or sample, of several, around the mean value."""
    return mean(low for low, _ in found), mean(high for _, high in found)


def mean_intervals(runs: Sequence[Mapping[str, Interval]]) -> dict[str, Interval]:
    """Returns the mean interval of each measure that has one in every run."""
    return {name: mean_interval([run[name] for run in runs]) for name in runs[0] if all(name in run for run in runs)}


def in_words(interval: Interval) -> str:
    """Returns `1.23 to 1.45`."""
    return " to ".join(map(cell, interval))


def texts(found: Mapping[str, Interval]) -> dict[str, str]:
    """Returns the intervals as texts, for tables."""
    return {name: in_words(interval) for name, interval in found.items()}


def with_intervals(
    columns: Mapping[str, Mapping[str, float | str]], best: Mapping[str, Interval]
) -> dict[str, Mapping[str, float | str]]:
    """Returns the columns of a table with the intervals of the first one, which is the best generator's, behind it."""
    (first, values), *others = columns.items()
    return {first: values} | ({TITLE: texts(best)} if best else {}) | dict(others)
