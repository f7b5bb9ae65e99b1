"""The few measures that a reader wants first. Imports no torch."""

import re
from collections.abc import Iterable, Mapping

from gan_lab.metric.direction import named
from gan_lab.terminal.table import cell

FIRST = (
    *("fid", "emd", "precision", "recall", "density", "coverage", "modes_covered", "high_quality_share", "reverse_kl"),
    *("kid", "inception_score", "classes_covered", "class_kl", "duplicates"),
)
"""The measures of a headline, in their order."""
MOST = 5
LEGEND = "↓ lower is better, ↑ higher is better"

Columns = Mapping[str, Mapping[str, float | str]]


def without_k(measure: str) -> str:
    """Returns `precision` for `precision_k3`."""
    return re.sub(r"_k\d+$", "", measure)


def headlines(measures: Iterable[str], monitor: str) -> list[str]:
    """Returns the names of the measures that come first, five at most, the one that chooses checkpoints before all."""
    there = [name for name in dict.fromkeys(measures) if without_k(name) in FIRST or name == monitor]
    return sorted(there, key=lambda name: -1 if name == monitor else FIRST.index(without_k(name)))[:MOST]


def headline(columns: Columns, monitor: str) -> dict[str, dict[str, float | str]]:
    """Returns the same columns with those measures alone, named with their arrows: `fid ↓`."""
    names = headlines((name for values in columns.values() for name in values), monitor)
    return {title: {named(name): values[name] for name in names if name in values} for title, values in columns.items()}


def in_one_line(
    values: Mapping[str, float], floor: Mapping[str, float], monitor: str, second: Mapping[str, float] | None = None
) -> str:
    """Returns the first two of those measures, each with that of real data: `fid 13.6 (real 5.25), ...`; where there is
    a second floor, with both: `fid 13.6 (real 5.25 on test, 3.1 on validation), ...`."""
    names = headlines(values, monitor)[:2]
    return ", ".join(f"{name} {cell(values[name])} (real {on_both(name, floor, second)})" for name in names)


def on_both(name: str, floor: Mapping[str, float], second: Mapping[str, float] | None) -> str:
    """Returns the measure of real data, against test and validation data where there is a second floor."""
    first = cell(floor.get(name))
    return f"{first} on test, {cell(second.get(name))} on validation" if second else first
