"""python -m tests.benchmarks.readme: the results in the project's README and outputs/reference/README.md, written anew
from the committed files, with the table's figures."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.rows import wanted_settings
from tests.benchmarks.samplers import overview
from tests.benchmarks.spoken import sentences, speed_of_measuring, speed_table
from tests.benchmarks.table_answers import ASKED, answers
from tests.benchmarks.table_figures import draw, drawable
from tests.benchmarks.table_records import Record, current
from tests.benchmarks.table_sheet import sheet
from tests.benchmarks.table_text import summary, text

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
REFERENCE = ROOT / "outputs" / "reference"

MARKED = re.compile(r"(<!-- (\w+): python -m tests\.benchmarks\.readme -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL)


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
