"""One picture of all rows: name, FID and ten samples, the best first."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from gan_lab.reference.row_records import SHEET, SIDE, Record

WORDS, LINE = 250, SIDE // 2
"""Pixels for name and FID, and from one row to the next."""


def sheet(records: Sequence[Record], folder: Path) -> Image.Image:
    """In two columns, from the strips of samples in the table's folder, which are of each row's last seed; the FID is
    that of these samples, on test images."""
    last = {record["row"]: record for record in sorted(records, key=lambda record: record["seed"])}
    rows = sorted(last.values(), key=lambda record: record["measures"]["test"]["fid"])
    half = -(-len(rows) // 2)
    width = WORDS + SHEET * LINE
    picture = Image.new("L", (2 * width, half * LINE), "white")
    draw = ImageDraw.Draw(picture)
    for number, record in enumerate(rows):
        left, top = number // half * width, number % half * LINE
        draw.text((left + 8, top + 8), record["row"], fill="black")
        draw.text((left + WORDS - 8, top + 8), f"{record['measures']['test']['fid']:.1f}", fill="black", anchor="ra")
        with Image.open(folder / f"{record['row']}.png") as strip:
            picture.paste(strip.crop((0, 0, SHEET * LINE, LINE)), (left + WORDS, top))
    return picture
