"""outputs/reference/doctor.md and doctor.json: what the doctor finds in the table, and how often it errs."""

from collections.abc import Sequence
from pathlib import Path

from gan_lab.reference.examined_rows import (
    BROKEN_FLOORS,
    HEALTHY_FLOORS,
    HEALTHY_RECALL,
    Examined,
    counts,
    examined_rows,
)
from gan_lab.reference.published import REFERENCE, TABLE, Record
from gan_lab.reference.row_records import current, read_records
from gan_lab.reference.row_settings import wanted_settings
from gan_lab.reference.row_table import markdown
from gan_lab.runs.atomic import write_json, write_text

INTRODUCTION = f"""# What the doctor finds in the table

Written by `python -m gan_lab.reference doctor` from the records and curves of the table. [The findings and what they
mean](../../gan_lab/doctor/README.md) are explained in a page of their own; their thresholds were fixed on an older
table. Here a run is called *broken* if the FID of its last step is {BROKEN_FLOORS:.0f} times that of real images or
more, and *healthy* if it is {HEALTHY_FLOORS:.0f} times or less and its recall is {HEALTHY_RECALL} times that of real
images or more; the others are neither. No finding looks at FID against the floor. A finding in italics is
not serious: it does not say that the run failed.
"""


def start(table: Path | None) -> None:
    """Writes both files from the present records of the table, or prints the page of the records in another folder."""
    if table is not None:
        print(page(examined_rows(read_records(table), table)))
    else:
        write_doctor_page(current(TABLE, wanted_settings())[0], TABLE, REFERENCE)


def write_doctor_page(records: Sequence[Record], table: Path, reference: Path) -> None:
    """Writes both files into `reference` from these records, whose curves are in the folder `table`."""
    rows = examined_rows(records, table)
    write_json(reference / "doctor.json", counts(rows))
    write_text(reference / "doctor.md", page(rows))


def page(rows: Sequence[Examined]) -> str:
    """Returns the page: both errors in sentences, and every row with its findings."""
    return "\n".join([INTRODUCTION, *errors(counts(rows)), "", table_of_findings(rows), ""])


def errors(found: Record) -> list[str]:
    """Returns a sentence on broken runs that were missed, and one on healthy ones that were flagged."""
    return [
        f"{found['records']} runs were examined.",
        sentence("broken", "missed", found["broken"], found["broken_missed"]),
        sentence("healthy", "flagged", found["healthy"], found["healthy_flagged"]),
    ]


def sentence(kind: str, wrongly: str, number: int, names: Sequence[str]) -> str:
    """Returns `Of 3 broken ones, 1 was missed: gan-seed1.`"""
    which = f": {', '.join(f'`{name}`' for name in names)}" if names else ""
    return f"Of {number} {kind} ones, {len(names)} {'was' if len(names) == 1 else 'were'} {wrongly}{which}."


def table_of_findings(rows: Sequence[Examined]) -> str:
    """Returns the table in Markdown, worst rows first."""
    if not rows:
        return "No row has a record yet."
    lines = [
        [
            f"`{row.row}`",
            str(row.seed),
            f"{row.fid_in_floors:.1f}",
            f"{row.recall:.2f}",
            "broken" if row.broken else "healthy" if row.healthy else "",
            "; ".join(
                f"{one.name if one.serious else f'*{one.name}*'} {one.figure:.2g} ({one.threshold:.2g})"
                for one in row.findings
            ),
        ]
        for row in sorted(rows, key=lambda row: -row.fid_in_floors)
    ]
    heads = ["row", "seed", "FID in floors", "recall in floors", "", "findings: figure (threshold)"]
    return markdown([heads, ["---", "---:", "---:", "---:", "---", "---"], *lines])
