"""outputs/reference/doctor.md and doctor.json: what the doctor finds in the table and in other runs, and how often it
errs."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_lab.reference.examined_rows import (
    BROKEN_FLOORS,
    HEALTHY_FLOORS,
    HEALTHY_RECALL,
    Examined,
    counts,
    examined_finals,
    examined_rows,
)
from gan_lab.reference.published import REFERENCE, TABLE, Record
from gan_lab.reference.row_records import current, read_records
from gan_lab.reference.row_settings import wanted_settings
from gan_lab.reference.unseen_records import (
    HEALTHY_QUALITY,
    RECORDS,
    healthy,
    read_unseen,
    train_unseen,
    unseen_counts,
)
from gan_lab.runs.atomic import write_json, write_text
from gan_lab.study.study_results import committed
from gan_lab.terminal.markdown_table import markdown_table

INTRODUCTION = f"""# What the doctor finds in the table

Written by `python -m gan_lab.reference doctor` from the records and curves of the table. [The findings and what they
mean](../../gan_lab/doctor/README.md) are explained in a page of their own; their thresholds were fixed on an older
table. Here a run is called *broken* if, on the validation images, the FID of its last step is {BROKEN_FLOORS:.0f}
times that of real images or more, and *healthy* if it is {HEALTHY_FLOORS:.0f} times or less and its recall is
{HEALTHY_RECALL} times that of real images or more; the others are neither. No finding looks at FID against the floor. A
finding in italics is not serious: it does not say that the run failed. Rows on colour patches are left out, since FID
by an untrained network does not tell which of them are broken.
"""

FINALS = """## What the doctor finds in the finals of the study

These are [the trainings of each method's best settings](study/README.md), on which no threshold was fixed either. They
are broken or healthy by the same rule, with recall on the test images.
"""

UNSEEN = f"""## What the doctor finds in runs that it has not seen

No threshold was fixed on these runs. They are short ones of other data and other seeds, which
`python -m gan_lab.reference doctor --train` trains. Some are broken on purpose, each in a way that should give one
certain finding. Such a run is missed if the doctor does not give this finding, even if it gives others. The others are
recipes without a fault. Those of pictures are *healthy* by the rule of the table. Those of points are healthy if they
cover every mode that real points cover and the share of samples near a mode is {HEALTHY_QUALITY} times that of real
points or more. The rest, most of them of 300 steps, have not learnt their data, so that a finding may well be right.
"""

SHORT = {"fid": "FID", "recall_k3": "recall", "modes_covered": "modes", "high_quality_share": "near a mode"}


def start(table: Path | None, train: bool = False) -> None:
    """Writes both files from the present records of the table, or prints the page of the records in another folder.

    With `train`, the unseen runs that are missing are trained before.
    """
    if table is not None:
        print(page(examined_rows(read_records(table), table), {}))
        return
    if train:
        train_unseen()
    write_doctor_page(current(TABLE, wanted_settings())[0], TABLE, REFERENCE)


def write_doctor_page(records: Sequence[Record], table: Path, reference: Path) -> None:
    """Writes both files into `reference` from these records, whose curves are in the folder `table`, and from those of
    the unseen runs there."""
    rows, unseen = examined_rows(records, table), read_unseen(reference / RECORDS.name)
    finals = examined_finals(committed().methods)
    write_json(reference / "doctor.json", all_counts(rows, unseen, finals))
    write_text(reference / "doctor.md", page(rows, unseen, finals))


def all_counts(rows: Sequence[Examined], unseen: Mapping[str, Record], finals: Sequence[Examined] = ()) -> Record:
    """Returns both errors over the table's records, over the finals of the study, and over the unseen runs."""
    return {"table": counts(rows), "study": counts(finals), "unseen": unseen_counts(unseen)}


def page(rows: Sequence[Examined], unseen: Mapping[str, Record], finals: Sequence[Examined] = ()) -> str:
    """Returns the page: both errors in sentences, and every row, every final of the study and every unseen run with its
    findings."""
    parts = [INTRODUCTION, *errors(counts(rows)), "", table_of_findings(rows), ""]
    if finals:
        parts += [FINALS, *errors(counts(finals)), "", table_of_findings(finals), ""]
    if unseen:
        parts += [UNSEEN, *errors(unseen_counts(unseen)), "", table_of_unseen(unseen), ""]
    return "\n".join(parts)


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
            in_words(vars(one) for one in row.findings),
        ]
        for row in sorted(rows, key=lambda row: -row.fid_in_floors)
    ]
    heads = ["row", "seed", "FID / of real images", "recall / of real images", "", "findings: figure (threshold)"]
    return markdown_table(heads, lines, ["---", "---:", "---:", "---:", "---", "---"])


def table_of_unseen(unseen: Mapping[str, Record]) -> str:
    """Returns the table of the unseen runs in Markdown: what each was broken to have, and what was found."""
    lines = [
        [
            f"`{name}`",
            "; ".join(f"{SHORT[measure]} {value:.3g}" for measure, value in one["against_real"].items()),
            one["broken_to_have"] or ("healthy" if healthy(one) else ""),
            in_words(one["findings"]),
        ]
        for name, one in unseen.items()
    ]
    heads = ["run", "divided by that of real data", "broken to have, or healthy", "findings: figure (threshold)"]
    return markdown_table(heads, lines, ["---"] * 4)


def in_words(findings: Iterable[Mapping[str, Any]]) -> str:
    """Returns the findings of a run with their figures, those in italics that are not serious."""
    styled = ((one["name"] if one["serious"] else f"*{one['name']}*", one) for one in findings)
    return "; ".join(f"{name} {one['figure']:.2g} ({one['threshold']:.2g})" for name, one in styled)
