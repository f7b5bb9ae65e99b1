"""Reads metrics.csv, even where it is incomplete."""

import csv
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CLOCKS = ("generator_steps", "images_seen", "seconds")
POINTS = 120
"""The largest number of points of a curve: more cannot be distinguished on a screen."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """The values y of one column, and `x[clock]` at which they were recorded."""

    x: Array  # 3 clocks x points
    y: Array


@dataclass(frozen=True)
class Curves:
    """Every column of metrics.csv as a curve, and the clocks."""

    clocks: Array = field(default_factory=lambda: np.empty((3, 0)))
    series: dict[str, Series] = field(default_factory=dict)

    def clocks_at(self, step: int) -> list[float]:
        """Returns the three clocks at a generator step by interpolation; all begin at 0."""
        begun = [np.append(0.0, clock) for clock in self.clocks]
        others = [float(np.interp(step, begun[0], clock)) if len(clock) > 1 else np.nan for clock in begun[1:]]
        return [float(step), *others]


@dataclass(frozen=True)
class Metrics:
    """All columns of the file, one value a line; NaN where nothing was measured."""

    clocks: Array = field(default_factory=lambda: np.empty((3, 0)))
    columns: dict[str, Array] = field(default_factory=dict)

    def measures(self) -> list[str]:
        """Returns the names of the columns that are measures and not terms of a player."""
        return [name for name in self.columns if "/" not in name]

    def at(self, line: int) -> dict[str, float]:
        """Returns the measures of one line by name."""
        values = {name: float(self.columns[name][line]) for name in self.measures()}
        return {name: value for name, value in values.items() if np.isfinite(value)}

    def best_and_last(self, monitor: str) -> tuple[dict[str, float], dict[str, float], int | None]:
        """Returns the measures where `monitor` is smallest, those where it was measured last, and the step of the
        former."""
        values = self.columns.get(monitor, np.empty(0))
        measured = np.flatnonzero(np.isfinite(values))
        if not len(measured):
            return {}, {}, None
        best = int(measured[values[measured].argmin()])
        return self.at(best), self.at(int(measured[-1])), int(self.clocks[0, best])

    def curves(self) -> Curves:
        """Returns every column that has values, reduced to at most `POINTS` points.

        A term is averaged over neighbouring steps; of a measure, some values are kept, the last one among them.
        """
        series = {}
        for name, values in self.columns.items():
            there = np.flatnonzero(~np.isnan(values))
            if len(there):
                series[name] = thinned(self.clocks[:, there], values[there], mean="/" in name)
        return Curves(thinned(self.clocks, self.clocks[0], mean=False).x, series)


def thinned(x: Array, y: Array, mean: bool) -> Series:
    """Returns the series with at most `POINTS` points, each the mean of its neighbours or the last one of them."""
    if len(y) <= POINTS:
        return Series(x, y)
    edges = np.linspace(0, len(y), POINTS + 1).astype(int)
    ends = edges[1:] - 1
    if not mean:
        return Series(x[:, ends], y[ends])
    return Series(x[:, ends], np.array([y[start:stop].mean() for start, stop in pairwise(edges)]))


def read_metrics(path: Path) -> Metrics:
    """Returns the complete lines of the file. An empty, damaged or unknown file is read as far as possible."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        lines = csv.reader(text[: text.rfind("\n") + 1].splitlines())  # a line without its end is incomplete
        header = next(lines, [])
        rows = [row for row in lines if len(row) == len(header)]
    except (OSError, csv.Error):
        return Metrics()
    if CLOCKS[0] not in header:
        return Metrics()
    values = np.array([[parse_number(cell) for cell in row] for row in rows]).reshape(-1, len(header))
    steps = values[:, header.index(CLOCKS[0])]
    values = values[np.isfinite(steps)]
    columns = {name: values[:, index] for index, name in enumerate(header)}
    missing = np.full(len(values), np.nan)
    clocks = np.stack([columns.pop(name, missing) for name in CLOCKS])
    return Metrics(clocks, columns)


def parse_number(cell: str) -> float:
    """Returns the number in a cell, NaN where there is none."""
    try:
        return float(cell) if cell else np.nan
    except ValueError:
        return np.nan
