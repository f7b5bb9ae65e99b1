"""The verdicts of a comparison: on all two rows of a section that differ in one setting and have several seeds."""

from itertools import combinations

from gan_lab.compare.differing import differing
from gan_lab.compare.sections import Row, Section
from gan_lab.compare.verdicts import Pair, judged, welchs
from gan_lab.metric.direction import direction

MOST_ROWS = 50
"""The largest number of rows that are compared in pairs."""
LOST = ("failed", "pruned")
"""Runs that ended before their end."""
MOST_VERDICTS = 20
"""The largest number of verdicts that are told; they are corrected for all."""


def verdicts_of(section: Section) -> list[str]:
    """Returns sentences on which rows have lower values of the monitored measure than which, or on why none is told.

    There are none for a measure whose lower values are not better, and none for a single row.
    """
    rows = {row.label: values for row in section.rows if (values := values_of(row, section.monitor))}
    if direction(section.monitor) >= 0 or len(rows) < 2:
        return []
    several = [row for row in section.rows if len(rows.get(row.label, ())) > 1]
    if len(several) < 2:
        return [f"No verdict on {section.monitor}: one seed each cannot tell. Train each row with seed=1,2,3 or more."]
    if len(several) > MOST_ROWS:
        return [f"No verdict on {section.monitor}: more than {MOST_ROWS} rows are not compared in pairs."]
    pairs = pairs_of(section, several)
    if not pairs:
        return [f"No verdict on {section.monitor}: no two rows with several seeds differ in one setting alone."]
    found = judged(pairs)
    tested = sum(pair.decidable for pair in pairs)
    told = [f"Is {v.pair.measure} of `{v.pair.row}` lower than of `{v.pair.other}`? {v.answer}." for v in found]
    left = len(told) - MOST_VERDICTS
    return [
        f"Verdicts on pairs that differ in one setting, by {welchs(tested)}:",
        *told[:MOST_VERDICTS],
        *([f"... and {left} verdicts more."] if left > 0 else []),
    ]


def pairs_of(section: Section, rows: list[Row]) -> list[Pair]:
    """Returns the rows in pairs that differ in one setting, the one with the lower mean first in each."""
    ranked = sorted(rows, key=lambda row: mean_of(row, section.monitor))
    pairs = []
    for row, other in combinations(ranked, 2):
        one, two = row.counted[0], other.counted[0]
        apart = differing(one.settings, two.settings) if one.complete and two.complete else []
        if len(apart) == 1:
            values, others = (tuple(values_of(each, section.monitor)) for each in (row, other))
            names = quoted(row.label), quoted(other.label)
            pairs.append(Pair(*names, values, others, measure=section.monitor, unfair=unfair(row) or unfair(other)))
    return pairs


def unfair(row: Row) -> str:
    """Returns why the finished seeds of a row do not stand for all of them, empty where they do: the seeds that failed
    might have had the worst values."""
    lost = {result.seed for result in row.results if result.status in LOST} - {result.seed for result in row.counted}
    if lost:
        seeds = len(lost | {result.seed for result in row.results})
        return f"{len(lost)} of {seeds} seeds of `{quoted(row.label)}` failed, and its values are of the others"
    if not all(result.finished for result in row.counted):
        return f"no run of `{quoted(row.label)}` has finished"
    return ""


def values_of(row: Row, measure: str) -> list[float]:
    """Returns the measure of the best generators, one for each seed."""
    return [float(result.measures["best"][measure]) for result in row.counted if measure in result.measures["best"]]


def mean_of(row: Row, measure: str) -> float:
    """Returns the mean of the measure over the seeds."""
    values = values_of(row, measure)
    return sum(values) / len(values)


def quoted(label: str) -> str:
    """Returns a label in one line that can stand between backticks."""
    return " ".join(label.replace("`", "'").split())
