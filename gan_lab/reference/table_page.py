"""outputs/reference/README.md, the page of the whole table, and its summary for the project's README."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from gan_lab.reference.answers import ANSWERS, answers
from gan_lab.reference.published import Record, read_record
from gan_lab.reference.row_curves import read_curves
from gan_lab.reference.row_figures import TITLES
from gan_lab.reference.row_table import (
    BUDGET,
    COLUMNS,
    LEADING,
    METHOD,
    REPORT,
    best_first,
    grouped,
    markdown,
    table,
)
from gan_lab.reference.rows import SHOWN, compared, rows, seeds

BEST = "best_mnist"


def text(records: Sequence[Record], stale: Iterable[str], pictures: Iterable[str], reference: Path) -> str:
    """Return the page of records that are the rows' own.

    `stale` names the files that are not, `pictures` the figures, and `reference` is the folder that the page lies in.
    """
    by_row = grouped(records, rows())
    own = own_rows()
    others = best_first(grouped(records, (name for name in rows() if name not in own)))
    protocol = records[0]["protocol"]["test"] if records else {}
    drawn = "".join(f"\n![{TITLES[name]}](table/figures/{name}.png)\n" for name in pictures)
    return f"""# Every method on MNIST, measured alike

`make table` (`python -m gan_lab.reference table`) trains the rows of `experiment=table` that have no file here yet, one
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

{table(grouped(records, own), (*LEADING, *COLUMNS, *BUDGET, REPORT))}

## The other models

{table(others, (*LEADING, *COLUMNS, *BUDGET))}

{missing(by_row, stale)}

## What the documents claim

{answers(ANSWERS, records, reference)}
{best(reference)}
## Speed

[Training throughput beside hand-written loops](speed.md), on a page of its own, says where the time goes.

## Figures

FID of every row with its last seed, and the first ten of the samples that were measured:

![FID and ten samples of every row](table/figures/rows.png)

Samplers against their cost are [on a page of their own](samplers/README.md), precision and recall by k, number and
extractor [in a figure](sensitivity/sensitivity.png).

![samplers of a GAN against their cost](samplers/gan/cost.png)
{drawn}"""


def best(reference: Path) -> str:
    """Return how fast the best recipe gets better and what each of its parts brings, as far as it was measured."""
    parts = []
    if (reference / "table" / f"{BEST}-seed1.csv").is_file():
        lines = [line for line in read_curves(reference / "table", BEST) if line["fid"]]
        fids = ", ".join(f"{float(line['fid']):.1f} after {float(line['seconds']):.0f} s" for line in lines)
        parts.append(f"FID of `experiment={BEST}` on the validation images, seed 1: {fids}.")
    if (path := reference / "best_mnist.json").is_file():
        found = read_record(path)
        parts.append(f"""\
After {found["generator_steps"]:,} of its generator steps, and the same with one of its parts changed, on the validation
images (`python -m gan_lab.reference ablation`, seed {found["seed"]}):

{ablation(found)}""")
    return "\n\n".join(["\n## What the best recipe took", *parts]) + "\n" if parts else ""


def ablation(found: Record) -> str:
    """Return a table with one line for each change, the recipe itself first."""
    measures = {key: (name, form) for name, (key, form) in ({"FID": ("fid", ".2f")} | COLUMNS).items()}
    lines = [["changed", *(name for name, _ in measures.values())], ["---", *("---:" for _ in measures)]]
    for changed, row in found["rows"].items():
        shown = f"`{changed}`" if changed else "nothing"
        lines.append([shown, *(f"{row[measure]:{form}}" for measure, (_, form) in measures.items())])
    return markdown(lines)


def summary(records: Sequence[Record]) -> str:
    """Return the table of the project's README: eight rows, the best first."""
    columns = ("row", METHOD, "seeds", "FID", "precision", "recall", "minutes", REPORT)
    return table(best_first(grouped(records, SHOWN)), columns, "outputs/reference/table/")


def own_rows() -> list[str]:
    """Return the documents' rows, ours and what they are compared with, the best recipe first."""
    return sorted(filter(compared, rows()), key=lambda name: name != BEST)


def words(protocol: Record) -> str:
    """Return the protocol in half a sentence."""
    if not protocol:
        return "none measured yet"
    return (
        f"{protocol['samples']:,} samples against {protocol['reference_n']:,} {protocol['split']} images by "
        f"`{protocol['extractor']}`"
    )


def missing(by_row: dict[str, list[Record]], stale: Iterable[str]) -> str:
    """Return which cells have no record, and which files are of other settings than the rows have now."""
    without = {name: [s for s in seeds(name) if s not in {r["seed"] for r in by_row[name]}] for name in by_row}
    named = [f"`{name}` ({', '.join(map(str, left))})" for name, left in without.items() if left]
    said = f"Missing, with the seeds: {', '.join(named)}." if named else "No cell is missing."
    old = ", ".join(f"`{name}`" for name in stale)
    return said + (f"\nOf other settings than their rows have now, and left out: {old}." if old else "")
