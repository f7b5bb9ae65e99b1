"""python -m gan_lab.reference.pages: the results in the project's README and outputs/reference/README.md, written anew
from the committed files, with the table's figures."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gan_lab.reference.answers import ASKED, answers
from gan_lab.reference.row_figures import draw, drawable
from gan_lab.reference.row_records import Record, current
from gan_lab.reference.rows import wanted_settings
from gan_lab.reference.sampler_table import overview
from gan_lab.reference.sheet import sheet
from gan_lab.reference.speed_sentences import sentences, speed_of_measuring, speed_table
from gan_lab.reference.table_page import summary, text

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
REFERENCE = ROOT / "outputs" / "reference"

MARKED = re.compile(r"(<!-- (\w+): python -m gan_lab\.reference\.pages -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL)


def read(path: str) -> Any:
    return json.loads((REFERENCE / path).read_text())


def records() -> list[Record]:
    return current(REFERENCE / "table", wanted_settings())[0]


PARTS: dict[str, Callable[[], str]] = {
    "table": lambda: summary(records()),
    "answers": lambda: answers(ASKED, records(), REFERENCE),
    "speed": lambda: speed_table(read("benchmark_training.json")),
    "training": lambda: sentences(read("benchmark_training.json")),
    "measuring": lambda: speed_of_measuring(read("benchmark_measuring.json")),
    "samplers": lambda: overview(read("samplers/samplers.json")),
}


def filled(text: str) -> str:
    """The README with each part between its marks as the files have it. Raises KeyError for a mark without a part."""
    return MARKED.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def page() -> str:
    """outputs/reference/README.md."""
    found, stale = current(REFERENCE / "table", wanted_settings())
    return text(found, stale, drawable(found), REFERENCE)


def write() -> None:
    """Both pages, and the figures."""
    found, folder = records(), REFERENCE / "table"
    draw(found, folder)
    sheet(found, folder).save(folder / "figures" / "rows.png", optimize=True)
    (REFERENCE / "README.md").write_text(page())
    README.write_text(filled(README.read_text()))


if __name__ == "__main__":
    write()
