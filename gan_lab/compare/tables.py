"""Writes the comparison as Markdown, CSV and lines for the terminal."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gan_lab.compare.columns import TARGET, Column, shown
from gan_lab.compare.result import COUNTERS, GENERATORS
from gan_lab.compare.section_verdicts import verdicts_of
from gan_lab.compare.sections import Row, Section, Statistic, brief
from gan_lab.metric.interval import EXPLAINED, in_words
from gan_lab.metric.two_floors import WHY
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.terminal.table import aligned, cell, paragraph, spread_in_words
from gan_lab.trust.texts import markdown_cell, no_formula, without_html

COSTS = (*COUNTERS, "seconds_per_1000_steps")
NOISE = 1e-12
"""Below it a value is 0: measures are computed in float64 from features in float32."""
LABEL, FINDINGS = 48, 24
"""The largest numbers of characters of a row's name and of its findings in the terminal."""
SHORT = {"images_seen": "images seen", "generator_steps": "generator steps", "seconds_per_1000_steps": "s / 1000 steps"}


def markdown(sections: Sequence[Section], columns: Sequence[Column], skipped: Sequence[str]) -> str:
    """Returns a table for each protocol: measures of the best and last generators, mean ± spread over seeds."""
    indices = {index for section in sections for index in (*section.swept, *section.folded, *section.alike)}
    told = [columns[index] for index in sorted(indices)]
    lines = [part for section in sections for part in markdown_section(section, columns)]
    why = [WHY, ""] if any(section.second_floor for section in sections) else []
    return without_html("\n".join([*lines, *why, *notes(told, skipped)]))


def markdown_section(section: Section, columns: Sequence[Column]) -> list[str]:
    """Returns the lines of one table, results before settings. What is the same in all rows, or follows from the
    variant, is listed below it."""
    told = [(columns[index], index) for index in section.apart]
    measures = shown_measures(section)
    best = leading(section)
    heads = [f"{name} {which}" if section.kind == "training" else name for name, which in measures]
    costs = [SHORT.get(name, name) for name in COSTS]
    ill = ["findings"] if any(row.findings for row in section.rows) else []
    lines = [["run", *heads, *(column.key for column, _ in told), "seeds", "state", *ill, *costs, "machine"]]
    lines += [
        [
            row.label,
            *(
                marked(row.statistic(which, name), best) + interval(row, name)
                if (name, which) == (section.monitor, "best")
                else amount(row.statistic(which, name))
                for name, which in measures
            ),
            *(shown(row.values[index]) for _, index in told),
            seeds(row),
            state(row),
            *([row.findings] if ill else []),
            *(cost(row, name) for name in COSTS),
            row.machines,
        ]
        for row in section.rows
    ]
    lines += floor_lines(section, [name for name, _ in measures], len(lines[0]))
    rules = ["---", *["---:"] * len(measures), *["---"] * len(told), "---:", "---", *["---"] * len(ill)]
    rules += [*["---:"] * len(COSTS), "---"]
    head, *others = [[*map(markdown_cell, line)] for line in lines]
    return [
        *(f"**{section.title}**", "", *protocol_lines(section), "", markdown_table(head, others, rules), ""),
        *(
            [f"{note}.", ""]
            if (note := "; ".join(filter(None, (interval_note(section), spread_note(section)))))
            else []
        ),
        *verdict_lines(section),
        *settings_lines(section, columns),
    ]


def shown_measures(section: Section) -> list[tuple[str, str]]:
    """Returns the measures of a table and whose they are: the monitored one of every generator, the other headlines of
    the best one."""
    monitor, *others = section.measures[: section.headlines]
    last = [(monitor, "last")] if section.kind == "training" else []
    raw = [(monitor, "raw")] if any(row.statistic("raw", monitor) for row in section.rows) else []
    return [(monitor, "best"), *last, *raw, *((name, "best") for name in others)]


def verdict_lines(section: Section) -> list[str]:
    """Returns a sentence and a list of verdicts below it."""
    head, *told = verdicts_of(section) or [""]
    return [head, "", *(f"- {verdict}" for verdict in told), *([""] if told else [])] if head else []


def settings_lines(section: Section, columns: Sequence[Column]) -> list[str]:
    """Returns sentences on the settings that have no column."""
    alike = stated(section.rows[0], columns, section.alike)
    by_variant = {
        str(row.results[0].settings.get("variant", "run")): said
        for row in section.rows
        if (said := stated(row, columns, section.folded))
    }
    return [
        *([f"The same in all rows: {alike}.", ""] if alike else []),
        *(text for name, said in by_variant.items() for text in (f"`{name}` comes with {said}.", "")),
    ]


def spread_note(section: Section) -> str:
    """Returns what the ± in a table is; nothing where there is none. Costs are no reason to tell it."""
    over_runs = [len(row.counted) for row in section.rows]
    over_samples = [row.counted[0].sampling[0] for row in section.rows if len(row.counted) == 1]
    notes = (
        spread_in_words(over_runs, "runs of a row, one for each seed"),
        spread_in_words(over_samples, "sampling seeds of a run"),
    )
    return "; ".join(note for note in notes if note)


def interval_note(section: Section) -> str:
    """Returns what the intervals in a table are; nothing where there is none."""
    return EXPLAINED if any(row.interval(section.monitor) for row in section.rows) else ""


def interval(row: Row, measure: str) -> str:
    """Returns ` (1.23 to 1.45)`, nothing where there is no interval."""
    return f" ({in_words(found)})" if (found := row.interval(measure)) else ""


def stated(row: Row, columns: Sequence[Column], indices: Sequence[int]) -> str:
    """Returns `model.n_critic 5, optimizer.lr 0.0001`, without what the row does not have."""
    values = [(columns[index].key.removesuffix(TARGET), row.values[index]) for index in indices]
    return ", ".join(f"{key} {shown(value)}" for key, value in values if value != "")


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


def leading(section: Section) -> float | None:
    """Returns the lowest mean of the monitored measure of the best generators, None where all rows read the same."""
    means = [found.mean for row in section.rows if (found := row.statistic("best", section.monitor))]
    return min(means) if len({readable(mean) for mean in means}) > 1 else None


def marked(statistic: Statistic | None, best: float | None) -> str:
    """Returns the value as text, in bold where its mean is the best one."""
    leads = statistic is not None and statistic.mean == best
    return f"**{amount(statistic)}**" if leads else amount(statistic)


def amount(statistic: Statistic | None) -> str:
    """Returns the mean with four digits and the spread with two: `12.34 ± 0.56`."""
    if statistic is None:
        return "-"
    spread = "" if statistic.spread is None else f" ± {rounded(statistic.spread):.2g}"
    return readable(statistic.mean) + spread


def cost(row: Row, name: str) -> str:
    """Returns a cost as text, without a spread of 0: runs of one length have the same number of steps."""
    found = row.cost(name)
    return amount(replace(found, spread=found.spread or None) if found else None)


def floor_lines(section: Section, names: Sequence[str], width: int) -> list[list[str]]:
    """Returns a line of so many cells for each floor: its title and measures of real data, a dash where one is
    unknown."""
    return [
        [title, *(readable(floor[name]) if name in floor else "-" for name in names), *[""] * (width - 1 - len(names))]
        for title, floor in section.floors.items()
    ]


def readable(value: float) -> str:
    """Returns the value with four digits, from 1000 on as a whole number."""
    return f"{value:,.0f}" if abs(value) >= 1000 else cell(rounded(value))


def rounded(value: float) -> float:
    """Returns 0 for what only rounding keeps from being 0: `class_separation 3.328e-32`."""
    return 0.0 if abs(value) < NOISE else value


def comma_separated(sections: Sequence[Section], columns: Sequence[Column]) -> str:
    """Returns every value in full: a line for each row, with all measures and the folders."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([no_formula(cell) for cell in line] for line in whole_lines(sections, columns))
    return text.getvalue()


def whole_lines(sections: Sequence[Section], columns: Sequence[Column]) -> list[list[Any]]:
    """Returns the heads of all columns, and a line for each row, where "" stands for what is not known."""
    measures = [*dict.fromkeys(name for section in sections for name in section.measures)]
    floors = [*dict.fromkeys(name for section in sections for name in section.floor)]
    seconds = [*dict.fromkeys(name for section in sections for name in section.second_floor)]
    pairs = [(which, name) for which in GENERATORS for name in measures]
    named = [f"{which}/{name}" for which, name in pairs]
    sure = [name for name in measures if any(row.interval(name) for section in sections for row in section.rows)]
    lines: list[list[Any]] = [
        [
            *("kind", "protocol", *(column.key for column in columns), "runs", "seeds", "state", "findings"),
            *(head for name in (*named, *COSTS) for head in (name, f"{name}/spread")),
            *(f"best/{name}/{end}" for name in sure for end in ("low", "high")),
            *(f"floor/{name}" for name in floors),
            *(f"second_floor/{name}" for name in seconds),
            *("machine", "folders"),
        ]
    ]
    for section in sections:
        for row in section.rows:
            statistics = [*(row.statistic(*pair) for pair in pairs), *(row.cost(name) for name in COSTS)]
            lines.append(
                [
                    *(section.kind, section.title, *(shown(value) for value in row.values)),
                    *(len(row.results), len(row.counted), state(row), row.findings),
                    *(value for found in statistics for value in ((found.mean, found.spread) if found else ("", ""))),
                    *(end for name in sure for end in row.interval(name) or ("", "")),
                    *(section.floor.get(name, "") for name in floors),
                    *(section.second_floor.get(name, "") for name in seconds),
                    *(row.machines, " ".join(str(result.folder) for result in row.results)),
                ]
            )
    return lines


def terminal(sections: Sequence[Section], most: int = 40) -> str:
    """Returns the most important measures of each section, best rows first, of the first `most` sections."""
    lines = [text for section in sections[:most] for text in terminal_section(section, most)]
    left = len(sections) - most
    why = ["", paragraph(WHY)] if any(section.second_floor for section in sections[:most]) else []
    return "\n".join([*lines, *why, *([f"\n... and {left} protocols more"] if left > 0 else [])])


def terminal_section(section: Section, most: int) -> list[str]:
    """Returns the lines of one table. Its rows have a state where one is not finished, and findings where one has
    any."""
    measures = shown_measures(section)[: 4 if section.kind == "training" else 3]
    monitor, *_ = section.measures
    every_finished = all([*row.states] == ["finished"] for row in section.rows)
    heads = [f"{name} {which}" if name == monitor and section.kind == "training" else name for name, which in measures]
    told = ["findings"] if any(row.findings for row in section.rows) else []
    more = [*([] if every_finished else ["state"]), *told]
    lines = [["", *heads, "seconds", "seeds", *more]]
    ranked = sorted(
        section.rows, key=lambda row: found.mean if (found := row.statistic("best", monitor)) else float("inf")
    )
    for row in ranked[:most]:
        values = [amount(row.statistic(which, name)) for name, which in measures]
        states = [] if every_finished else [state(row)]
        findings = [shortened(row.findings, FINDINGS)] if told else []
        label = shortened(row.label, LABEL - FINDINGS // 2 - 2 if told else LABEL)
        lines.append([label, *values, cost(row, "seconds"), seeds(row), *states, *findings])
    lines += floor_lines(section, [name for name, _ in measures], len(lines[0]))
    left = len(ranked) - most
    note, verdicts = spread_note(section), verdicts_of(section)
    return [
        f"\n{section.title}",
        *aligned(lines),
        *([f"... and {left} more"] if left > 0 else []),
        *([paragraph(note)] if note else []),
        *(map(paragraph, verdicts) if len(verdicts) > 1 else []),
    ]


def shortened(text: str, most: int) -> str:
    """Returns a text that leaves room for the numbers; compare.md has it in full."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
