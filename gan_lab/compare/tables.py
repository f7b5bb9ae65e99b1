"""Writes the comparison as Markdown, CSV and lines for the terminal."""

import csv
import io
from collections.abc import Sequence

from gan_lab.compare.columns import Column, shown
from gan_lab.compare.result import COUNTERS
from gan_lab.compare.sections import Row, Section, Statistic, brief
from gan_lab.terminal.table import aligned, cell

COSTS = (*COUNTERS, "seconds_per_1000_steps")
SHORT = {"images_seen": "images seen", "generator_steps": "generator steps", "seconds_per_1000_steps": "s / 1000 steps"}


def markdown(sections: Sequence[Section], columns: Sequence[Column], skipped: Sequence[str]) -> str:
    """Returns a table for each protocol: measures of the best and last generators, mean ± spread over seeds."""
    return "\n".join(
        [*(part for section in sections for part in markdown_section(section, columns)), *notes(columns, skipped)]
    )


def markdown_section(section: Section, columns: Sequence[Column]) -> list[str]:
    """Returns the lines of one table; settings that are the same in all rows are listed below it."""
    told = [(columns[index], index) for index in section.columns]
    generators = ("best", "last") if section.kind == "training" else ("best",)
    measures = [(name, row) for name in section.measures[: section.headlines] for row in generators]
    heads = [f"{name} {row}" if len(generators) > 1 else name for name, row in measures]
    lines = [
        [*(column.key for column, _ in told), "seeds", "state", *heads, *(SHORT.get(c, c) for c in COSTS), "machine"]
    ]
    lines += [
        [
            *(shown(row.values[index]) for _, index in told),
            seeds(row),
            state(row),
            *(marked(section, row, name, which) for name, which in measures),
            *(amount(row.cost(name)) for name in COSTS),
            row.machines,
        ]
        for row in section.rows
    ]
    floor = [cell(section.floor.get(name)) for name, _ in measures]
    lines.append(["real (floor)", *[""] * (len(told) + 1), *floor, *[""] * (len(COSTS) + 1)])
    rule = "|" + "---|" * len(told) + "---:|---|" + "---:|" * (len(measures) + len(COSTS)) + "---|"
    texts = ["| " + " | ".join(escaped(text) for text in line) + " |" for line in lines]
    others = [(column.key, section.rows[0].values[i]) for i, column in enumerate(columns) if i not in section.columns]
    alike = ", ".join(f"{key} {shown(value)}" for key, value in others if value != "")
    return [
        *(f"**{section.title}**", "", *protocol_lines(section), "", texts[0], rule, *texts[1:], ""),
        *([f"The same in all rows: {alike}.", ""] if alike else []),
    ]


def protocol_lines(section: Section) -> list[str]:
    """Returns the protocol and how it differs from the most similar one."""
    stated = ", ".join(f"{key} {brief(value)}" for key, value in section.protocol.items()) or "unknown"
    return [f"Protocol: {stated}.", *([f"It differs from {section.unlike}."] if section.unlike else [])]


def notes(columns: Sequence[Column], skipped: Sequence[str]) -> list[str]:
    """Returns notes on settings that share a column and on folders that were skipped."""
    shared = [
        f"`{c.key}` also stands for {', '.join(f'`{key}`' for key in c.repeated_by)}." for c in columns if c.repeated_by
    ]
    return [*shared, *([f"{len(skipped)} folders were skipped: {'; '.join(skipped)}."] if skipped else []), ""]


def seeds(row: Row) -> str:
    """Returns the number of seeds in the means; for an evaluation, also that of its sampling seeds."""
    sampling = max((result.sampling[0] for result in row.counted), default=1)
    return f"{len(row.counted)} ({sampling} sampling seeds)" if sampling > 1 else str(len(row.counted))


def state(row: Row) -> str:
    """Returns `finished`, or the number of runs in each state."""
    if len(row.states) == 1:
        return next(iter(row.states))
    return ", ".join(f"{count} {status}" for status, count in row.states.items())


def marked(section: Section, row: Row, name: str, which: str) -> str:
    """Returns the value as text, in bold for the monitored measure of the best row in the section."""
    text = amount(row.statistic(which, name))
    if name != section.monitor or which != "best" or len(section.rows) == 1:
        return text
    least = min((found.mean for other in section.rows if (found := other.statistic(which, name))), default=None)
    own = row.statistic(which, name)
    return f"**{text}**" if own and own.mean == least else text


def amount(statistic: Statistic | None) -> str:
    """Returns the mean with four digits and the spread with two: `12.34 ± 0.56`."""
    if statistic is None:
        return "-"
    spread = "" if statistic.spread is None else f" ± {statistic.spread:.2g}"
    return readable(statistic.mean) + spread


def readable(value: float) -> str:
    """Returns the value with four digits, from 1000 on as a whole number."""
    return f"{value:,.0f}" if abs(value) >= 1000 else cell(value)


def escaped(text: str) -> str:
    """Returns text for a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())


def comma_separated(sections: Sequence[Section], columns: Sequence[Column]) -> str:
    """Returns every value in full: a line for each row, with all measures and the folders."""
    measures = [*dict.fromkeys(name for section in sections for name in section.measures)]
    floors = [*dict.fromkeys(name for section in sections for name in section.floor)]
    pairs = [(which, name) for which in ("best", "last") for name in measures]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    named = [f"{which}/{name}" for which, name in pairs]
    writer.writerow(
        [
            *("kind", "protocol", *(column.key for column in columns), "runs", "seeds", "state"),
            *(head for name in (*named, *COSTS) for head in (name, f"{name}/spread")),
            *(f"floor/{name}" for name in floors),
            *("machine", "folders"),
        ]
    )
    for section in sections:
        for row in section.rows:
            statistics = [*(row.statistic(*pair) for pair in pairs), *(row.cost(name) for name in COSTS)]
            writer.writerow(
                [
                    *(section.kind, section.title, *(shown(value) for value in row.values)),
                    *(len(row.results), len(row.counted), state(row)),
                    *(value for found in statistics for value in ((found.mean, found.spread) if found else ("", ""))),
                    *(section.floor.get(name, "") for name in floors),
                    *(row.machines, " ".join(str(result.folder) for result in row.results)),
                ]
            )
    return text.getvalue()


def terminal(sections: Sequence[Section], most: int = 40) -> str:
    """Returns the most important measures of each section, best rows first."""
    parts = []
    for section in sections:
        names = section.measures[: min(3, section.headlines)]
        both = section.kind == "training"
        lines = [
            [
                "",
                "seeds",
                *(["state"] if both else []),
                f"{names[0]} best",
                *(["last"] if both else []),
                *names[1:],
                "seconds",
            ]
        ]
        ranked = sorted(
            section.rows, key=lambda row: found.mean if (found := row.statistic("best", names[0])) else float("inf")
        )
        for row in ranked[:most]:
            last = [amount(row.statistic("last", names[0]))] if both else []
            best = [amount(row.statistic("best", name)) for name in names]
            lines.append(
                [
                    row.label,
                    seeds(row),
                    *([state(row)] if both else []),
                    best[0],
                    *last,
                    *best[1:],
                    amount(row.cost("seconds")),
                ]
            )
        floor = [cell(section.floor.get(name)) for name in names]
        lines.append(["real (floor)", "", *([""] if both else []), floor[0], *([""] if both else []), *floor[1:], ""])
        left = len(ranked) - most
        parts += [f"\n{section.title}", *aligned(lines), *([f"... and {left} more"] if left > 0 else [])]
    return "\n".join(parts)
