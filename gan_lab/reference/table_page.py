"""outputs/reference/README.md, the page of the whole table, and its summary for the project's README."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from gan_lab.reference.answer_table import Table
from gan_lab.reference.answers import ANSWERS, answers
from gan_lab.reference.claims import ASKED, claims
from gan_lab.reference.published import Record
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
from gan_lab.trust.foreign import read_json

BEST = "best_mnist"


def text(records: Sequence[Record], stale: Iterable[str], pictures: Iterable[str], reference: Path) -> str:
    """Returns the page for these records, which have the present settings of their rows.

    `stale` names the files with other settings, `pictures` the figures; `reference` is the folder of the page.
    """
    by_row = grouped(records, rows())
    own = own_rows()
    others = best_first(grouped(records, (name for name in rows() if name not in own)))
    protocol = records[0]["protocol"]["test"] if records else {}
    answered = Table.asked_by(ASKED, records, reference)
    drawn = "".join(f"\n![{TITLES[name]}](table/figures/{name}.png)\n" for name in pictures)
    return f"""# Every method on MNIST, measured alike

`make table` (`python -m gan_lab.reference table`) trains the rows of `experiment=table` that have no file here yet, one
after the other, and writes this page. If it is stopped, the same command continues. `experiment=X` is the recipe of a
row; its yaml names the source and the deviations from it. `model=X` is a model with the settings of its own yaml. All
rows use `network=mlp`, except `best_mnist`, and 20 epochs unless the name says otherwise.

All rows are measured alike, with {words(protocol)}. The checkpoint is the one
with the best FID on the validation images, and the generator is its running average, even where a document has none.
FID is given as mean ± standard deviation over training seeds; `seeds` is their number. The other values are means. For
a row of three seeds, the FID of one more run lies within five standard deviations of the mean in 95 of 100 cases; for
two seeds, within sixteen (Student's t).

- An epoch counts the images that the critic sees. With five critic steps per round, the generator takes a fifth as many
  steps; where the generator's own step needs real images too (relativistic losses, hence `mmgan`), half as many.
- `least class` is the share of the rarest class among the samples.
- `authenticity` is the share of samples that are farther from their nearest training image than that image is from its
  own nearest neighbour in the training set.
- `minutes` were taken on different machines.
- The link of a row shows the first samples that were measured, those of its last seed.
- The documents measured their values with other features. Compare rankings, not values.

`table/ROW-seedN.json` holds all values, including those of the last checkpoint and on the validation images, with the
budget, machine and settings. `table/ROW-seed1.csv` holds the curves. `table/searches/ROW.md` lists what we tried for a
row of ours.

## Rows of the source documents, and the rows that they are compared with

{table(grouped(records, own), (*LEADING, *COLUMNS, *BUDGET, REPORT))}

## The other models

{table(others, (*LEADING, *COLUMNS, *BUDGET))}

{missing(by_row, stale)}

## What the documents claim

One line for each claim, and below it every answer with its values and the rules by which they are given. A sampler is
judged at the best of its settings; without values by sampling seed there is no verdict on it.

{claims(answered)}

{answers(ANSWERS, answered)}
{best(reference)}
## Speed

[Training throughput beside hand-written loops](speed.md), on a page of its own, says where the time goes.

## Figures

Every row with the FID of its last seed and the first ten of the samples that were measured:

![FID and ten samples of every row](table/figures/rows.png)

Samplers and their cost are [on a separate page](samplers/README.md). [A figure](sensitivity/sensitivity.png) shows how
precision and recall depend on k, on the number of samples and on the extractor.

![quality of samplers of a GAN against their cost](samplers/gan/cost.png)
{drawn}"""


def best(reference: Path) -> str:
    """Returns in words how FID of the best recipe falls with time, and what each part contributes, if measured."""
    parts = []
    if (reference / "table" / f"{BEST}-seed1.csv").is_file():
        lines = [line for line in read_curves(reference / "table", BEST) if line["fid"]]
        fids = ", ".join(f"{float(line['fid']):.1f} after {float(line['seconds']):.0f} s" for line in lines)
        parts.append(f"FID of `experiment={BEST}` on the validation images, seed 1: {fids}.")
    if (path := reference / "best_mnist.json").is_file():
        found = read_json(path)
        parts.append(f"""\
Ablation: the recipe and versions with one part changed, after {found["generator_steps"]:,} generator steps, on the
validation images (`python -m gan_lab.reference ablation`, seed {found["seed"]}):

{ablation(found)}""")
    return "\n\n".join(["\n## The best recipe over time and without its parts", *parts]) + "\n" if parts else ""


def ablation(found: Record) -> str:
    """Returns a table with one line for each change, the recipe itself first."""
    measures = {key: (name, form) for name, (key, form) in ({"FID": ("fid", ".2f")} | COLUMNS).items()}
    lines = [["changed", *(name for name, _ in measures.values())], ["---", *("---:" for _ in measures)]]
    for changed, row in found["rows"].items():
        shown = f"`{changed}`" if changed else "nothing"
        lines.append([shown, *(f"{row[measure]:{form}}" for measure, (_, form) in measures.items())])
    return markdown(lines)


def summary(records: Sequence[Record]) -> str:
    """Returns the table of the project's README: eight rows, the best first."""
    columns = ("row", METHOD, "seeds", "FID", "precision", "recall", "minutes", REPORT)
    return table(best_first(grouped(records, SHOWN)), columns, "outputs/reference/table/")


def own_rows() -> list[str]:
    """Returns our best recipe, the rows of the documents, and the rows that these are compared with."""
    return sorted(filter(compared, rows()), key=lambda name: name != BEST)


def words(protocol: Record) -> str:
    """Returns the protocol as part of a sentence."""
    if not protocol:
        return "nothing measured yet"
    return (
        f"{protocol['samples']:,} samples against {protocol['reference_n']:,} {protocol['split']} images on features "
        f"of `{protocol['extractor']}`"
    )


def missing(by_row: dict[str, list[Record]], stale: Iterable[str]) -> str:
    """Returns in words which rows and seeds have no record, and which files have other settings than their rows now."""
    without = {name: [s for s in seeds(name) if s not in {r["seed"] for r in by_row[name]}] for name in by_row}
    named = [f"`{name}` ({', '.join(map(str, left))})" for name, left in without.items() if left]
    said = f"Missing rows, with the seeds: {', '.join(named)}." if named else "No row is missing."
    old = ", ".join(f"`{name}`" for name in stale)
    return said + (
        f"\nThe settings of these files differ from those of their rows now, so they are left out: {old}."
        if old
        else ""
    )
