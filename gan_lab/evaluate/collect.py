"""One table of many evaluations, and what their samplers cost. Imports no torch."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from gan_lab.evaluate.cost_figures import save_figures
from gan_lab.runs.atomic import write_text
from gan_lab.runs.run_folder import EVALUATION, read_json
from gan_lab.terminal.table import aligned, cell

Record = dict[str, Any]


class Collect(Callback):
    """After `evaluate -m`: prints one table for each protocol, and writes evaluations.md and evaluations.csv; where
    trained models were drawn from, also figures of quality against cost and of precision against recall."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        folder = Path(config.hydra.sweep.dir)
        records = [read_json(path) for path in sorted(folder.glob(f"*/{EVALUATION}"), key=job_number)]
        if not records:
            return
        tables = by_protocol(records)
        write_text(folder / "evaluations.md", "\n".join(markdown(*part) for part in tables))
        write_text(folder / "evaluations.csv", comma_separated(tables, records))
        for title, group in tables:
            print(f"\n{title}")
            print("\n".join(aligned(lines(group, records))))
        for index, (_, group) in enumerate(tables):
            save_figures(folder, group, [label(record, records) for record in group], index)
        print(f"\nall of them: {folder}/evaluations.md, evaluations.csv")


def job_number(path: Path) -> int:
    return int(path.parent.name)


def by_protocol(records: list[Record]) -> list[tuple[str, list[Record]]]:
    """The records that may be compared, group by group: the same protocol to the last value. A group's title says in
    what it differs from the others."""
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
    """The overrides that not all evaluations share."""
    shared = set.intersection(*(set(other["overrides"]) for other in records))
    return " ".join(override for override in record["overrides"] if override not in shared) or "generated"


def lines(group: list[Record], records: list[Record]) -> list[list[str]]:
    """A header, one line for each evaluation, and the floor, which all of one protocol share."""
    measures = list(dict.fromkeys(name for record in group for name in record["measures"]["generated"]))
    costs = [name for name in ("passes", "milliseconds") if any(name in record["cost"] for record in group)]
    rows = [["", *measures, *(f"{name} per sample" for name in costs)]]
    for record in group:
        found, spread = record["measures"]["generated"], record["measures"]["spread"]
        cells = [cell(found.get(m)) + (f" ± {cell(spread.get(m))}" if spread else "") for m in measures]
        rows.append([label(record, records), *cells, *(cell(record["cost"].get(name)) for name in costs)])
    floor = group[0]["measures"]["floor"]
    rows.append(["real (floor)", *(cell(floor.get(m)) for m in measures), *("-" for _ in costs)])
    return rows


def comma_separated(tables: list[tuple[str, list[Record]]], records: list[Record]) -> str:
    """Every value of every evaluation, one a line."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["protocol", "evaluation", "row", "measure", "value"])
    for title, group in tables:
        for record in group:
            rows = {row: record["measures"][row] for row in ("generated", "spread", "floor")}
            for row, values in (rows | {"cost": record["cost"]}).items():
                writer.writerows([title, label(record, records), row, *item] for item in values.items())
    return text.getvalue()


def markdown(title: str, group: list[Record]) -> str:
    head, *rows = lines(group, group)
    text = [f"**{title}**", "", "| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*text, *("| " + " | ".join(row) + " |" for row in rows), ""])
