"""The table in Markdown."""

import json
from collections.abc import Iterable, Sequence
from math import inf
from pathlib import Path
from statistics import mean

from gan_lab.reference.answers import ASKED, FURTHER, answers
from gan_lab.reference.row_figures import TITLES, read_curves
from gan_lab.reference.row_records import Record, spread, values
from gan_lab.reference.rows import REPORTED, TUNED, compared, rows, seeds

BEST = "best_mnist"

COLUMNS = {
    "precision": ("precision_k3", ".2f"),
    "recall": ("recall_k3", ".2f"),
    "density": ("density_k5", ".2f"),
    "coverage": ("coverage_k5", ".2f"),
    "KID": ("kid", ".3f"),
    "least class": ("class_least_share", ".3f"),
    "authenticity": ("authenticity", ".2f"),
}
BUDGET = ("generator steps", "minutes")
REPORT = "documents: FID"


def text(records: Sequence[Record], stale: Iterable[str], pictures: Iterable[str], reference: Path) -> str:
    """outputs/reference/README.md: of records that are the rows' own; `stale` names the files that are not, `pictures`
    the figures, and `reference` is the folder itself."""
    by_row = grouped(records, rows())
    own = own_rows()
    others = best_first(grouped(records, (name for name in rows() if name not in own)))
    protocol = records[0]["protocol"]["test"] if records else {}
    drawn = "".join(f"\n![{TITLES[name]}](table/figures/{name}.png)\n" for name in pictures)
    return f"""# Every method on MNIST, measured alike

`make table` (`python -m gan_lab.reference.run`) trains the rows of `experiment=table` that have no file here yet, one
after the other, and writes this page; it goes on where it was. `experiment=X` is a row's recipe, which names its source
and how it deviates; `model=X` is a model as its yaml has it. But for `best_mnist` all have `network=mlp`, and 20 epochs
where no other number is said. They are measured alike: {words(protocol)}, of the checkpoint
with the best FID on the validation images, and of the generator's running average, also where a document has none. FID
is mean and standard deviation over training seeds, as many as `seeds` says; the other values are means. One more run of
a row with three seeds has its FID, in 95 of 100 cases, within five deviations of the mean, and within sixteen of a row
with two (Student's t). An epoch counts the images that the critic sees: with five critic turns to a round the generator
takes a fifth as many steps, and half as many where its own turn needs images too (relativistic losses, so also
`mmgan`). `least class` is the share of the rarest class among the samples, `authenticity` the share of samples farther
from their training image than that is from the other training images. Minutes are of whatever machine it was. A row's
name leads to the first samples that were measured, of its last seed. `labels` were told to some. What the documents
report was measured by others, with other features: only its order can be compared. `table/ROW-seedN.json` has all
values, also those of the last checkpoint and on the validation images, with budget, machine and settings;
`table/ROW-seed1.csv` has the curves; `table/searches/ROW.md` what was tried for a row of ours.

## Rows of the source documents, and what they are compared with

{table(grouped(records, own), (*COLUMNS, *BUDGET, REPORT))}

## The other models

{table(others, (*COLUMNS, *BUDGET))}

{missing(by_row, stale)}

## What the documents claim

{answers((*ASKED, *FURTHER), records, reference)}
{best(reference)}
## Figures

FID of every row with its last seed, and the first ten of the samples that were measured:

![FID and ten samples of every row](table/figures/rows.png)

Samplers against their cost are [on a page of their own](samplers/README.md), precision and recall by k, number and
extractor [in a figure](sensitivity/sensitivity.png).

![samplers of a GAN against their cost](samplers/gan/cost.png)
{drawn}"""


def best(reference: Path) -> str:
    """How far the best recipe is when, and what each of its parts brings, as far as it was measured."""
    parts = []
    if (reference / "table" / f"{BEST}-seed1.csv").is_file():
        lines = [line for line in read_curves(reference / "table", BEST) if line["fid"]]
        fids = ", ".join(f"{float(line['fid']):.1f} after {float(line['seconds']):.0f} s" for line in lines)
        parts.append(f"FID of `experiment={BEST}` on the validation images, seed 1: {fids}.")
    if (path := reference / "best_mnist.json").is_file():
        found = json.loads(path.read_text())
        parts.append(f"""\
After {found["generator_steps"]:,} of its generator steps, and the same with one of its parts changed, on the validation
images (`python -m gan_lab.reference.ablation`, seed {found["seed"]}):

{ablation(found)}""")
    return "\n\n".join(["\n## What the best recipe took", *parts]) + "\n" if parts else ""


def ablation(found: Record) -> str:
    """One line for each change, the recipe itself first."""
    measures = {key: (name, form) for name, (key, form) in ({"FID": ("fid", ".2f")} | COLUMNS).items()}
    lines = [["changed", *(name for name, _ in measures.values())], ["---", *("---:" for _ in measures)]]
    for changed, row in found["rows"].items():
        shown = f"`{changed}`" if changed else "nothing"
        lines.append([shown, *(f"{row[measure]:{form}}" for measure, (_, form) in measures.items())])
    return markdown(lines)


def summary(records: Sequence[Record]) -> str:
    """For the project's README, the best first: what documents report, what a search made of a row, and that row."""
    chosen = {BEST, "gan", "wgan_gp", *REPORTED, *TUNED, *TUNED.values()}
    by_row = best_first(grouped(records, chosen))
    return table(by_row, ("precision", "recall", "least class", *BUDGET, REPORT), "outputs/reference/table/")


def grouped(records: Sequence[Record], names: Iterable[str]) -> dict[str, list[Record]]:
    """Of each of these rows its records, which may be none."""
    return {name: [record for record in records if record["row"] == name] for name in names}


def best_first(by_row: dict[str, list[Record]]) -> dict[str, list[Record]]:
    return dict(sorted(by_row.items(), key=lambda item: fid(item[1])))


def own_rows() -> list[str]:
    """The documents' rows, ours and what they are compared with, the best recipe first."""
    return sorted(filter(compared, rows()), key=lambda name: name != BEST)


def words(protocol: Record) -> str:
    """The protocol in half a sentence."""
    if not protocol:
        return "none measured yet"
    return (
        f"{protocol['samples']:,} samples against {protocol['reference_n']:,} {protocol['split']} images by "
        f"`{protocol['extractor']}`"
    )


def table(by_row: dict[str, list[Record]], columns: Sequence[str], folder: str = "table/") -> str:
    """One line for each row that has a record, and the floor; `columns` come after the FID."""
    columns = ("row", "seeds", "FID", *columns)
    lines = [line(name, records, folder) for name, records in by_row.items() if records]
    measured = [record for records in by_row.values() for record in records]
    if measured:
        floor = measured[0]["measures"]["floor"]
        values = {column: f"{floor[measure]:{form}}" for column, (measure, form) in COLUMNS.items()}
        lines.append({"row": "real images (floor)", "FID": f"{floor['fid']:.2f}"} | values)
    return markdown(
        [columns, ["---", *("---:" for _ in columns[1:])], *([x.get(c, "") for c in columns] for x in lines)]
    )


def markdown(lines: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def line(name: str, records: Sequence[Record], folder: str) -> dict[str, str]:
    """The cells of a row, by column."""
    shown = f"[`{rows()[name][-1]}`]({folder}{name}.png)"
    if ".loss.class_" in records[0]["config"]["model.loss._target_"]:
        shown += ", labels"
    fids = values(records, name, "fid")
    return {
        "row": shown,
        "seeds": str(len(fids)),
        "FID": f"{mean(fids):.2f}" + (f" ± {spread(fids):.2f}" if len(fids) > 1 else ""),
        **{column: f"{mean(values(records, name, measure)):{form}}" for column, (measure, form) in COLUMNS.items()},
        "generator steps": f"{mean(record['budget']['generator_steps'] for record in records):,.0f}",
        "minutes": f"{mean(record['budget']['seconds'] for record in records) / 60:.0f}",
        REPORT: REPORTED.get(name, ""),
    }


def fid(records: Sequence[Record]) -> float:
    """Infinite where there is none yet."""
    return mean(record["measures"]["test"]["fid"] for record in records) if records else inf


def missing(by_row: dict[str, list[Record]], stale: Iterable[str]) -> str:
    """What the table wants and does not have, and which files are of other settings than the rows have now."""
    without = {name: [s for s in seeds(name) if s not in {r["seed"] for r in by_row[name]}] for name in by_row}
    named = [f"`{name}` ({', '.join(map(str, left))})" for name, left in without.items() if left]
    said = f"Missing, with the seeds: {', '.join(named)}." if named else "No cell is missing."
    old = ", ".join(f"`{name}`" for name in stale)
    return said + (f"\nOf other settings than their rows have now, and left out: {old}." if old else "")
