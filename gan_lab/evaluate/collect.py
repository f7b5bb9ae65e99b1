"""Tables and figures of several evaluations. Imports no torch."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from gan_lab.errors import UnreadableFileError
from gan_lab.evaluate.cost_figures import save_figures
from gan_lab.metric.direction import named
from gan_lab.metric.headline import LEGEND, headlines
from gan_lab.metric.two_floors import WHY, titled
from gan_lab.runs.atomic import write_text
from gan_lab.runs.run_folder import EVALUATION
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.terminal.table import cell, fitted, paragraph, terminal_width
from gan_lab.trust.foreign import read_json
from gan_lab.trust.lenient import finite_numbers, listed, mapping, tamed
from gan_lab.trust.texts import markdown_cell, no_formula, without_html

Record = dict[str, Any]
ROWS = ("generated", "spread", "floor", "floor_validation")
"""The parts of an evaluation's measures that are shown."""


class Collect(Callback):
    """Prints a table for each protocol after `evaluate -m`, and writes evaluations.md and evaluations.csv.

    The printed tables fit the terminal: they have the first measures alone. For samples of trained models it also draws
    quality against cost and precision against recall.
    """

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        folder = Path(config.hydra.sweep.dir)
        there = sorted(
            (path for path in folder.glob(f"*/{EVALUATION}") if path.parent.name.isdecimal()), key=job_number
        )
        records = [record for path in there if (record := usable(path)) is not None]
        if not records:
            return
        tables = by_protocol(records)
        why = [WHY] if any(second_of(group) for _, group in tables) else []
        write_text(folder / "evaluations.md", "\n".join([*(markdown(*part) for part in tables), *why]))
        write_text(folder / "evaluations.csv", comma_separated(tables, records))
        for title, group in tables:
            print(f"\n{title}")
            first = headlines((name for record in group for name in record["measures"]["generated"]), "fid")
            print("\n".join(fitted(lines(group, records, first), terminal_width())))
        for index, (_, group) in enumerate(tables):
            save_figures(folder, group, [label(record, records) for record in group], index)
        print(f"\n{LEGEND}", *map(paragraph, why), sep="\n")
        print(f"all measures: {folder}/evaluations.md")
        print(f"as numbers: {folder}/evaluations.csv")
        for path in sorted(folder.glob("*.png")):
            print(f"figure: {path}")


def usable(path: Path) -> Record | None:
    """Returns the parts of an evaluation.json that are shown, None for a file that is none: the folder may have been
    somebody else's."""
    try:
        found = tamed(read_json(path))
    except UnreadableFileError:
        return None
    subject, measures = mapping(found.get("subject")), mapping(found.get("measures"))
    rows = {row: finite_numbers(measures.get(row)) for row in ROWS}
    if not rows["generated"]:
        return None
    return {
        "overrides": [*map(str, listed(found.get("overrides")))],
        "protocol": mapping(found.get("protocol")),
        "measures": rows,
        "cost": finite_numbers(found.get("cost")),
        "subject": subject | {"sampler": str(subject.get("sampler", ""))},
    }


def job_number(path: Path) -> int:
    """Returns the number of the job whose evaluation this is."""
    return int(path.parent.name)


def by_protocol(records: list[Record]) -> list[tuple[str, list[Record]]]:
    """Returns groups of records with exactly the same protocol, which can be compared, each with a title.

    The title of a group states how its protocol differs from the others.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(json.dumps(record["protocol"], sort_keys=True), []).append(record)
    protocols = [json.loads(text) for text in groups]
    keys = dict.fromkeys(key for protocol in protocols for key in protocol)
    differing = [key for key in keys if len({json.dumps(protocol.get(key)) for protocol in protocols}) > 1]
    named = dict.fromkeys([*(key for key in ("dataset", "split", "extractor", "samples") if key in keys), *differing])
    titles = [", ".join(f"{key} {protocol[key]}" for key in named if key in protocol) for protocol in protocols]
    return list(zip(titles, groups.values(), strict=True))


def label(record: Record, records: list[Record]) -> str:
    """Returns the overrides that not all evaluations share."""
    shared = set.intersection(*(set(other["overrides"]) for other in records))
    return " ".join(override for override in record["overrides"] if override not in shared) or "generated"


def lines(group: list[Record], records: list[Record], measures: list[str] | None = None) -> list[list[str]]:
    """Returns a header, a line for each evaluation, and the floors, which are common to all of one protocol.

    `measures` are those that have a column, by default all; where they are chosen, arrows say which way is better.
    """
    arrows = measures is not None
    if measures is None:
        measures = list(dict.fromkeys(name for record in group for name in record["measures"]["generated"]))
    costs = [name for name in ("passes", "milliseconds") if any(name in record["cost"] for record in group)]
    heads = [named(name) for name in measures] if arrows else measures
    rows = [["", *heads, *(f"{name} per sample" for name in costs)]]
    for record in group:
        found, spread = record["measures"]["generated"], record["measures"]["spread"]
        cells = [cell(found.get(m)) + (f" ± {cell(spread.get(m))}" if spread else "") for m in measures]
        rows.append([label(record, records), *cells, *(cell(record["cost"].get(name)) for name in costs)])
    for title, floor in titled(group[0]["measures"]["floor"], second_of(group)).items():
        rows.append([title, *(cell(floor.get(m)) for m in measures), *("-" for _ in costs)])
    return rows


def second_of(group: list[Record]) -> dict[str, float]:
    """Returns the second floor of evaluations of one protocol, empty where there is none or they are older than it."""
    seconds = (record["measures"].get("floor_validation", {}) for record in group)
    return next((second for second in seconds if second), {})


def comma_separated(tables: list[tuple[str, list[Record]]], records: list[Record]) -> str:
    """Returns every value of every evaluation as CSV, one per line."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["protocol", "evaluation", "row", "measure", "value"])
    for title, group in tables:
        for record in group:
            rows = {row: record["measures"].get(row, {}) for row in ROWS}
            for row, values in (rows | {"cost": record["cost"]}).items():
                lines = ([title, label(record, records), row, *item] for item in values.items())
                writer.writerows([no_formula(cell) for cell in line] for line in lines)
    return text.getvalue()


def markdown(title: str, group: list[Record]) -> str:
    """Returns the table of a group in Markdown, under its title."""
    head, *rows = [[*map(markdown_cell, row)] for row in lines(group, group)]
    return without_html(f"**{title}**\n\n{markdown_table(head, rows)}\n")
