"""Pictures of samples: the strip that the table keeps of each run, and one sheet of all rows with their FID."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from gan_lab.reference.published import Record
from gan_lab.reference.rows import on_digits

SHEET, STRIPS = 10, 3
"""The number of samples per row of samples.png, and the rows that are kept."""
WORDS, LINE = 250, 29
"""The width of names and FID in pixels, and the pixels from one row of the sheet to the next, for images of 28."""


def strip_of_samples(path: Path) -> Image.Image:
    """Returns the first rows of an evaluation's samples.png, at the size of the images, in colour if these are."""
    with Image.open(path) as whole:
        side = whole.width // SHEET
        top = whole.convert("RGB" if whole.mode == "RGB" else "L").crop((0, 0, SHEET * side, STRIPS * side))
    return top.resize((top.width // 2, top.height // 2), Image.Resampling.BOX)


def sheet(records: Sequence[Record], folder: Path) -> Image.Image:
    """Returns one picture of all rows in two columns, the best first: name, seed, FID on test images and ten samples.

    The samples come from the strips in the table's folder. Samples and FID are those of each row's last seed.
    """
    last = {record["row"]: record for record in sorted(records, key=lambda record: record["seed"])}
    rows = sorted(
        (one for one in last.values() if on_digits(one["row"])),
        key=lambda record: record["measures"]["test"]["fid"],
    )
    half = -(-len(rows) // 2)
    width = WORDS + SHEET * LINE
    picture = Image.new("L", (2 * width, half * LINE), "white")
    draw = ImageDraw.Draw(picture)
    for number, record in enumerate(rows):
        left, top = number // half * width, number % half * LINE
        draw.text((left + 8, top + 8), f"{record['row']}, seed {record['seed']}", fill="black")
        draw.text((left + WORDS - 8, top + 8), f"{record['measures']['test']['fid']:.1f}", fill="black", anchor="ra")
        with Image.open(folder / f"{record['row']}.png") as strip:
            picture.paste(strip.crop((0, 0, SHEET * LINE, LINE)), (left + WORDS, top))
    return picture
