"""The Markdown table of rows: one line for each, with the means of its seeds, and the floor."""

from collections.abc import Iterable, Sequence
from math import inf
from statistics import mean

from gan_lab.metric.interval import TITLE, mean_interval
from gan_lab.reference.both_floors import average_and_raw, mean_of, measured_on, real
from gan_lab.reference.published import Record
from gan_lab.reference.row_records import values
from gan_lab.reference.rows import REPORTED, SHOWN, in_words
from gan_lab.terminal.markdown_table import markdown_table

COLUMNS = {
    "precision": ("precision_k3", ".2f"),
    "recall": ("recall_k3", ".2f"),
    "density": ("density_k5", ".2f"),
    "coverage": ("coverage_k5", ".2f"),
    "KID": ("kid", ".3f"),
    "least class": ("class_least_share", ".3f"),
    "authenticity": ("authenticity", ".2f"),
}
BUDGET = ("generator steps", "CPU minutes")
REPORT = "FID in the documents"
METHOD = "method"
VALIDATION = "FID, validation"
RAW = "last: average / raw"
LEADING = ("row", "seeds", "FID", VALIDATION, RAW)


def table(by_row: dict[str, list[Record]], columns: Sequence[str], folder: str = "table/") -> str:
    """Returns the table in Markdown: a line for each row that has a record, and the floor of each column's images."""
    lines = [line(name, records, folder) for name, records in by_row.items() if records]
    if not lines:
        return "No row has a record yet."
    measured = [record for records in by_row.values() for record in records]
    if measured:
        floor = measured[0]["measures"]["floor"]
        values = {column: f"{floor[measure]:{form}}" for column, (measure, form) in COLUMNS.items()}
        fids = {"FID": f"{floor['fid']:.2f}", VALIDATION: real(measured, "validation", "fid", ".2f")}
        lines.append({"row": "real images (floor)"} | fids | values)
    if any(interval(records, "fid") for records in by_row.values()):
        columns = [name for column in columns for name in ((column, TITLE) if column == "FID" else (column,))]
    rules = ["---" if column in ("row", METHOD) else "---:" for column in columns]
    return markdown_table(columns, ([cells.get(column, "") for column in columns] for cells in lines), rules)


def line(name: str, records: Sequence[Record], folder: str) -> dict[str, str]:
    """Returns the cells of a row by column; `folder` is where the pictures of samples lie."""
    shown = f"[`{in_words(name)}`]({folder}{name}.png)"
    if ".loss.class_" in records[0]["config"].get("model.loss._target_", ""):
        shown += ", with class labels"
    fids = values(records, name, "fid")
    return {
        "row": shown,
        METHOD: SHOWN.get(name, ""),
        "seeds": str(len(fids)),
        "FID": mean_of(fids, ".2f"),
        TITLE: " to ".join(f"{end:.2f}" for end in interval(records, "fid")) or "-",
        VALIDATION: mean_of(measured_on(records, "validation", "fid"), ".2f"),
        RAW: average_and_raw(records),
        **{column: f"{mean(values(records, name, measure)):{form}}" for column, (measure, form) in COLUMNS.items()},
        "generator steps": f"{mean(record['budget']['generator_steps'] for record in records):,.0f}",
        "CPU minutes": f"{mean(record['budget']['cpu_seconds'] for record in records) / 60:.0f}",
        REPORT: REPORTED.get(name, ""),
    }


def interval(records: Sequence[Record], measure: str) -> Sequence[float]:
    """Returns the mean of the intervals of a measure on the test images, empty where a record has none."""
    found = [record.get("intervals", {}).get(measure) for record in records]
    return mean_interval([(low, high) for low, high in found]) if found and all(found) else ()


def grouped(records: Sequence[Record], names: Iterable[str]) -> dict[str, list[Record]]:
    """Returns the records of each of these rows, which may be none."""
    return {name: [record for record in records if record["row"] == name] for name in names}


def best_first(by_row: dict[str, list[Record]]) -> dict[str, list[Record]]:
    """Returns the rows by FID; those without a record come last."""
    return dict(sorted(by_row.items(), key=lambda item: fid(item[1])))


def fid(records: Sequence[Record]) -> float:
    """Returns the mean FID on the test images, or infinity if there is no record."""
    return mean(record["measures"]["test"]["fid"] for record in records) if records else inf
