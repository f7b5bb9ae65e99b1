"""Groups results by protocol into sections, and runs that differ only in their seed into rows."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any

from gan_lab.compare.columns import Column, differs, natural, swept
from gan_lab.compare.result import Result, Values
from gan_lab.compare.second_floors import mean_floor, second_floor_of
from gan_lab.compare.settings import canonical
from gan_lab.metric.interval import Interval, mean_interval
from gan_lab.metric.two_floors import titled

USUAL = {"dataset": "{}", "split": "{} split", "extractor": "{}", "samples": "{} samples"}
"""The entries of a protocol that its title always states."""
MOST = 6
"""The largest number of differences that are named."""
MANY = 100
"""The largest number of protocols each of which is compared with the others."""
HEADLINES = ("precision", "recall", "density", "coverage", "modes_covered", "high_quality_share", "reverse_kl")
"""Prefixes of the measures that are shown beside the monitored one."""


@dataclass(frozen=True)
class Statistic:
    """Statistics over seeds. `spread` is the standard deviation; for a single evaluation, that over sampling seeds."""

    mean: float
    spread: float | None
    n: int


@dataclass(frozen=True)
class Row:
    """Runs that differ only in their seed. Means are taken over the `counted` ones."""

    label: str
    values: list[Any]
    results: list[Result]
    counted: list[Result]

    def statistic(self, row: str, measure: str) -> Statistic | None:
        """Returns the statistics of a measure of the best or last generators."""
        found = [result for result in self.counted if measure in result.measures[row]]
        if len(found) == 1:
            return Statistic(found[0].measures[row][measure], found[0].sampling[1].get(measure), 1)
        return over([result.measures[row][measure] for result in found])

    def interval(self, measure: str) -> Interval | None:
        """Returns the mean 95 % interval of the best generators: that of one of them. None where one has none."""
        found = [result.intervals.get(measure) for result in self.counted if measure in result.measures["best"]]
        known = [interval for interval in found if interval is not None]
        return mean_interval(known) if known and len(known) == len(found) else None

    def cost(self, name: str) -> Statistic | None:
        """Returns the statistics of a cost."""
        return over([result.cost[name] for result in self.counted if name in result.cost])

    @property
    def states(self) -> dict[str, int]:
        """The number of runs in each state."""
        statuses = [result.status for result in self.results]
        return {status: statuses.count(status) for status in dict.fromkeys(statuses)}

    @property
    def findings(self) -> str:
        """What the doctor finds in the runs that count: `images alike, recall gone (2 of 3)`."""
        found = Counter(name for result in self.counted for name in result.findings)
        runs = len(self.counted)
        return ", ".join(name if count == runs else f"{name} ({count} of {runs})" for name, count in found.items())

    @property
    def machines(self) -> str:
        return ", ".join(dict.fromkeys(result.machine for result in self.counted if result.machine))


@dataclass(frozen=True)
class Section:
    """The rows of one protocol. Measures of different protocols cannot be compared."""

    kind: str
    title: str
    protocol: dict[str, Any]
    unlike: str  # the most similar other one, and what is different here
    monitor: str
    measures: list[str]  # the monitored one first, then headlines, then the others
    headlines: int
    floor: Values
    swept: list[int]  # columns that differ here, for another reason than the variant
    folded: list[int]  # columns that differ here, but follow from the variant
    alike: list[int]  # swept columns that have one value here
    rows: list[Row]
    second_floor: Values = field(default_factory=dict)  # of the other split, if test samples are another set

    @property
    def floors(self) -> dict[str, Mapping[str, float]]:
        """The floors by their titles, that of the section's own split first."""
        return titled(self.floor, self.second_floor, str(self.protocol.get("split")))

    @property
    def apart(self) -> list[int]:
        """The swept columns that deserve a column beside the label: none where it states the only one."""
        return self.swept if len(self.swept) > 1 else []


def over(values: Sequence[float]) -> Statistic | None:
    """Returns the statistics of the values, None where there are none."""
    if not values:
        return None
    return Statistic(mean(values), stdev(values) if len(values) > 1 else None, len(values))


def sections_of(results: Sequence[Result], columns: Sequence[Column]) -> list[Section]:
    """Returns a section for each protocol: training before evaluations, many runs before few."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(json.dumps([result.kind, result.protocol], sort_keys=True, default=str), []).append(result)
    parts = sorted(groups.values(), key=lambda part: (part[0].kind == "evaluation", not part[0].protocol, -len(part)))
    titles = titles_of(parts)
    with_second = [result for result in results if result.second_floor]
    return [
        section(title, part, columns, nearest(part, parts, titles), second_floor_of(part, with_second))
        for title, part in zip(titles, parts, strict=True)
    ]


def titles_of(parts: Sequence[Sequence[Result]]) -> list[str]:
    """Returns a title for each protocol: its usual entries, and what distinguishes it from others of the same title."""
    alike: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        alike.setdefault(usual_title(part[0]), []).append(part[0].protocol)
    differing = {title: differing_keys(protocols) for title, protocols in alike.items()}
    titles = []
    for part in parts:
        title, protocol = usual_title(part[0]), part[0].protocol
        own = sorted(differing[title], key=lambda key: key not in protocol)
        titles.append(", ".join(filter(None, (title, said(protocol, own)))))
    return titles


def differing_keys(protocols: Sequence[dict[str, Any]]) -> list[str]:
    """Returns the entries of protocols that not all of them share."""
    found: dict[str, set[str]] = {}
    there: Counter[str] = Counter()
    for protocol in protocols:
        there.update(protocol.keys())
        for key, value in protocol.items():
            found.setdefault(key, set()).add(canonical(value))
    return [key for key, values in found.items() if len(values) > 1 or there[key] < len(protocols)]


def said(protocol: dict[str, Any], keys: Sequence[str]) -> str:
    """Returns the first of these entries of a protocol in words, and how many more there are."""
    words = ", ".join(f"{key} {brief(protocol.get(key, 'not stated'))}" for key in keys[:MOST])
    return words + (f" and {len(keys) - MOST} more" if len(keys) > MOST else "")


def usual_title(result: Result) -> str:
    """Returns the entries of the protocol that a title always states."""
    if not result.protocol:
        return "unknown protocol"
    start = "evaluation: " if result.kind == "evaluation" else ""
    words = [form.format(result.protocol[key]) for key, form in USUAL.items() if key in result.protocol]
    return start + ", ".join(words)


def nearest(part: Sequence[Result], parts: Sequence[Sequence[Result]], titles: Sequence[str]) -> str:
    """Returns the title of the most similar protocol for the same data set and the entries that differ here; nothing
    where there are so many protocols that nobody compares them."""
    own = part[0].protocol
    found = [
        (differing_keys([own, other[0].protocol]), title)
        for other, title in zip(parts, titles, strict=True)
        if len(parts) <= MANY and other is not part and same_data(own, other[0].protocol)
    ]
    if not found:
        return ""
    keys, title = min(found, key=lambda pair: len(pair[0]))
    return f"{title}: {said(own, keys)}"


def same_data(protocol: dict[str, Any], other: dict[str, Any]) -> bool:
    """Returns whether both protocols are known and none of them states another data set than the other one."""
    first, second = (canonical(each["dataset"]) if "dataset" in each else "" for each in (protocol, other))
    return bool(protocol) and bool(other) and (first == second or not first or not second)


def brief(value: Any) -> str:
    """Returns the value as text, a hash by its first eight digits."""
    text = str(value)
    return text[:8] if len(text) == 64 else text


def section(title: str, part: list[Result], columns: Sequence[Column], unlike: str, second_floor: Values) -> Section:
    """Returns the section of results with one protocol."""
    monitors = [result.monitor for result in part]
    monitor = max(dict.fromkeys(monitors), key=monitors.count)
    there = dict.fromkeys(name for result in part for row in ("best", "last") for name in result.measures[row])
    headlines = [name for start in HEADLINES for name in there if name.startswith(start) and name != monitor]
    others = [name for name in there if name not in (monitor, *headlines)]
    here = [index for index, column in enumerate(columns) if differs(column, part)]
    chosen = [index for index in here if swept(columns[index].key, part)]
    return Section(
        kind=part[0].kind,
        title=title,
        protocol=part[0].protocol,
        unlike=unlike,
        monitor=monitor,
        measures=[monitor, *headlines, *others],
        headlines=1 + len(headlines),
        floor=mean_floor([result.measures["floor"] for result in part]),
        second_floor=second_floor,
        swept=chosen,
        folded=[index for index in here if index not in chosen],
        alike=[index for index, column in enumerate(columns) if index not in here and told_once(column, part)],
        rows=rows_of(part, columns, [columns[index] for index in chosen]),
    )


def told_once(column: Column, part: Sequence[Result]) -> bool:
    """Returns whether a setting that does not differ here is worth a word: another protocol's runs have other values.

    The title states the data set, and what comes with a variant or a data set needs no words.
    """
    stated = column.key == "dataset" and part[0].protocol
    return column.swept and not stated and any(column.value(result) != "" for result in part)


def rows_of(part: Sequence[Result], columns: Sequence[Column], chosen: Sequence[Column]) -> list[Row]:
    """Returns the rows in the natural order of their settings. Their labels state the `chosen` columns."""
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in part:
        groups.setdefault(identity(result, columns), []).append(result)
    members = sorted(groups.values(), key=lambda group: natural([column.value(group[0]) for column in columns]))
    labels = labels_of([group[0] for group in members], columns, chosen)
    return [
        Row(label, [column.value(group[0]) for column in columns], group, counted(group))
        for label, group in zip(labels, members, strict=True)
    ]


def identity(result: Result, columns: Sequence[Column]) -> tuple[str, ...]:
    """Returns what runs of one row have in common; runs without a configuration only share a row with each other."""
    cells = [canonical(result.settings[column.key]) if column.key in result.settings else "" for column in columns]
    return (str(result.complete), *cells)


def counted(results: Sequence[Result]) -> list[Result]:
    """Returns the finished runs, or all if none is finished; of several with one seed, the longest."""
    finished = [result for result in results if result.finished]
    chosen: dict[Any, Result] = {}
    for result in finished or results:
        other = chosen.get(result.seed)
        if other is None or result.cost.get("generator_steps", 0) > other.cost.get("generator_steps", 0):
            chosen[result.seed] = result
    return list(chosen.values())


def labels_of(results: Sequence[Result], columns: Sequence[Column], chosen: Sequence[Column]) -> list[str]:
    """Returns labels of the `chosen` settings that differ, or of all that differ where these are not distinct."""
    differing = [column for column in columns if differs(column, results)]
    labels: list[str] = []
    for told in ([column for column in differing if column in chosen], differing):
        labels = [" · ".join(filter(None, (column.label(result) for column in told))) for result in results]
        if len(set(labels)) == len(labels):
            break
    labels = [
        label or str(result.settings.get("variant", "run")) for label, result in zip(labels, results, strict=True)
    ]
    counts = Counter(labels)
    return [label if counts[label] == 1 else f"{label} ({i + 1})" for i, label in enumerate(labels)]
