"""outputs/reference/README.md, the page of the whole table, and its summary for the project's README."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gan_lab.metric.interval import EXPLAINED
from gan_lab.reference.answer_table import Answer, MissingRowError, Table
from gan_lab.reference.answers import ASKED
from gan_lab.reference.both_floors import TIMES, near_rows, times_the_floors
from gan_lab.reference.code_answers import codes
from gan_lab.reference.documents.all import DOCUMENTS
from gan_lab.reference.documents.source_page import claims
from gan_lab.reference.few_images_answers import few_images
from gan_lab.reference.published import Record
from gan_lab.reference.row_curves import read_curves
from gan_lab.reference.row_figures import TITLES
from gan_lab.reference.row_table import (
    BUDGET,
    COLUMNS,
    LEADING,
    METHOD,
    REPORT,
    VALIDATION,
    best_first,
    grouped,
    table,
)
from gan_lab.reference.rows import PATCHES, SHOWN, compared, on_digits, on_fashion, rows, seeds
from gan_lab.reference.rulers import rulers
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.trust.foreign import read_json

BEST = "best_mnist"
WHY_TWO = f"""\
Real images have two floors. MNIST's test images are another file than its training and validation images, and real
training images are farther from them than chance explains. A generator learns the training file and cannot undo this
shift, so "so many times the floor" means little on the test images alone: on the validation images, the same generator
stands beside real images that are not shifted. Validation images chose the checkpoint, so values on them are a little
too good. These are the rows with up to {TIMES} times the floor of FID on the test images. Class KL and class TV compare
the shares of predicted classes with those of real images. A dash stands for what was not recorded."""

PICTURES_ALONE = """\
`data=patches` has crops of 32 pixels of two photographs, and these rows are for a look at what the residual networks
learn of colour images in half an hour on one core, at a quarter of their papers' width. It is no benchmark: crops
overlap, and there is no extractor for them but an untrained network. So here are the first samples of one seed, not
selected, and no values. The checkpoint is the one with the lowest FID by that network on the validation crops."""


def text(records: Sequence[Record], stale: Iterable[str], pictures: Iterable[str], reference: Path) -> str:
    """Returns the page for these records, which have the present settings of their rows.

    `stale` names the files with other settings, `pictures` the figures; `reference` is the folder of the page.
    """
    by_row = grouped(records, rows())
    digits = {name: found for name, found in by_row.items() if on_digits(name)}
    own = own_rows()
    others = best_first(grouped(records, (name for name in digits if name not in own)))
    clothes = best_first(grouped(records, filter(on_fashion, rows())))
    protocol = protocol_of(digits)
    answered = Table.asked_by(ASKED, records, reference)
    told = f" {EXPLAINED}." if any(record.get("intervals") for record in records) else ""
    drawn = "".join(f"\n![{TITLES[name]}](table/figures/{name}.png)\n" for name in pictures)
    return f"""# Every method on MNIST, measured alike

`make table` (`python -m gan_lab.reference table`) trains the rows of `experiment=table` that have no file here yet, one
after the other, and writes this page. If it is stopped, the same command continues. `experiment=X` is the recipe of a
row; its yaml names the source and the deviations from it. `model=X` is a model with the settings of its own yaml, and
is trained by `experiment=methods model=X`. Rows use `network=mlp` and 20 epochs unless their yaml or their name says
otherwise: `best_mnist`, `few_images`, `flow_mnist` and `infogan_mnist` are convolutional, and like the rows with 1,000
images or on patches their length is in generator steps. [The table of version 0.1](history/README.md), on other
features, is a page of its own.

All rows are measured alike, with {words(protocol)}. The checkpoint is the one
with the best FID on the validation images, and the generator is its running average, even where a document has none.
`FID, validation` is measured on the validation images, and stands above the floor of these. `last: average / raw` is
FID on them after the last step: of the running average, and of the generator that is trained, which is not averaged.
FID is given as mean ± standard deviation over training seeds; `seeds` is their number. The other values are means. For
a row of three seeds, the FID of one more run lies within five standard deviations of the mean in 95 of 100 cases; for
two seeds, within sixteen (Student's t).{told}

- An epoch counts the real images that are used. With five critic steps per round, the generator takes a fifth as many
  steps. Where the generator's own step needs real images too (relativistic losses and kernels, `mmgan`'s encoder), it
  takes half as many as without, or a sixth with five critic steps.
- `least class` is the share of the rarest class among the samples.
- `authenticity` is the share of samples that are farther from their nearest training image than that image is from its
  own nearest neighbour in the training set.
- `CPU minutes` are those that the training's threads were computing, measuring included. They hardly depend on what
  else the machine did. Machines differ. `best_mnist` had two threads, so that on two free cores its time is about half
  as long.
- The link of a row shows the first samples that were measured, those of its last seed.
- The documents measured their values with other features. Compare rankings, not values.

`table/ROW-seedN.json` holds all values, including those of the last checkpoint and on the validation images, with the
budget, machine, commit and settings. `table/ROW-seedN.csv` holds the curves. `table/searches/ROW.md` lists what we
tried for a row of ours.

## Rows of the source documents, and the rows that they are compared with

{table(grouped(records, own), (*LEADING, *COLUMNS, *BUDGET, REPORT))}

## The other models

{table(others, (*LEADING, *COLUMNS, *BUDGET))}{paragraph(codes, answered)}

## Rows on Fashion-MNIST

{on_clothes(clothes, answered)}

## On colour patches

{on_patches(by_row)}

{missing(by_row, stale)}
{near(digits)}
{rulers([record for found in digits.values() for record in found])}
## What the documents claim

A page for each document goes through it sentence by sentence, with every answer and its values:
{links()}. A statement that compares rows agrees with ours, disagrees, or is
undecided; others are measured. *Not measured yet* means that rows are missing.

{claims(answered)}
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


def near(by_row: dict[str, list[Record]]) -> str:
    """Returns the section on the rows near the floors, empty where no row has a record."""
    if not (lines := near_rows(by_row)):
        return ""
    said = times_the_floors(by_row[BEST])
    parts = [
        "## Near the floors",
        WHY_TWO,
        markdown_table(lines[0], lines[1:]),
        *([f"`experiment={BEST}`: {said}."] if said else []),
    ]
    return "\n" + "\n\n".join(parts) + "\n"


def best(reference: Path) -> str:
    """Returns in words how FID of the best recipe falls with time, and what each part contributes, if measured."""
    parts = []
    if (reference / "table" / f"{BEST}-seed1.csv").is_file():
        lines = [line for line in read_curves(reference / "table", BEST) if line["fid"]]
        fids = ", ".join(f"{float(line['fid']):.1f} after {float(line['seconds']):.0f} s" for line in lines)
        parts.append(f"FID of `experiment={BEST}` on the validation images, seed 1, on shared cores: {fids}.")
    if (path := reference / "best_mnist.json").is_file():
        found = read_json(path)
        parts.append(f"""\
Ablation: the recipe and versions with one part changed, after {found["generator_steps"]:,} generator steps, on the
validation images, by {found["protocol"]["extractor"]} (`python -m gan_lab.reference ablation`, seed {found["seed"]}):

{ablation(found)}""")
    return "\n\n".join(["\n## The best recipe over time and without its parts", *parts]) + "\n" if parts else ""


def ablation(found: Record) -> str:
    """Returns a table with one line for each change, the recipe itself first, and the validation images' floor."""
    measures = {key: (name, form) for name, (key, form) in ({"FID": ("fid", ".2f")} | COLUMNS).items()}
    lines = []
    floor = {"real images (floor)": found["floor"]} if "floor" in found else {}  # older records have none
    for changed, row in (found["rows"] | floor).items():
        shown = changed if changed in floor else f"`{changed}`" if changed else "nothing"
        lines.append([shown, *(f"{row[measure]:{form}}" for measure, (_, form) in measures.items())])
    return markdown_table(["changed", *(name for name, _ in measures.values())], lines)


def summary(records: Sequence[Record]) -> str:
    """Returns the table of the project's README, eight rows, the best first."""
    columns = ("row", METHOD, "seeds", "FID", VALIDATION, "precision", "recall", "CPU minutes", REPORT)
    return table(best_first(grouped(records, SHOWN)), columns, "outputs/reference/table/")


def own_rows() -> list[str]:
    """Returns our best recipe, the rows of the documents, and the rows that these are compared with, on MNIST."""
    return [name for name in rows() if compared(name) and on_digits(name)]


def protocol_of(by_row: Mapping[str, Sequence[Record]]) -> Record:
    """Returns the protocol of the first record, empty if there is none."""
    return next((found[0]["protocol"]["test"] for found in by_row.values() if found), {})


def on_clothes(by_row: dict[str, list[Record]], answered: Table) -> str:
    """Returns the table of the rows on Fashion-MNIST, with its protocol, and what they say of few training images."""
    return f"""\
These rows are on another data set, whose values cannot be compared with those of MNIST: {words(protocol_of(by_row))}.

{table(by_row, (*LEADING, *COLUMNS, *BUDGET))}{paragraph(few_images, answered)}"""


def paragraph(answer: Answer, answered: Table) -> str:
    """Returns an answer as a paragraph, empty where a row of it is missing."""
    try:
        return f"\n\n{answer(answered)}"
    except MissingRowError:
        return ""


def on_patches(by_row: dict[str, list[Record]]) -> str:
    """Returns a picture for each row on crops of photographs, with its cost, and no values."""
    shown = [
        f"{method}, `experiment={name}`: {record['budget']['generator_steps']:,} generator steps of "
        f"{record['config']['data.batch_size']} images in {record['budget']['cpu_seconds'] / 60:.0f} CPU minutes.\n\n"
        f"![samples of {name}](table/{name}.png)"
        for name, method in PATCHES.items()
        for record in by_row[name]
    ]
    return "\n\n".join([PICTURES_ALONE, *(shown or ["No row has a record yet."])])


def links() -> str:
    """Returns links to the pages of the documents."""
    return ", ".join(f"[{document.number}](documents/{document.number}.md)" for document in DOCUMENTS)


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
