"""python -m tests.benchmarks.readme: the results in the project's README, written anew from the committed files."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.samplers import overview
from tests.benchmarks.spoken import sentences, speed_of_measuring, speed_table
from tests.benchmarks.table_answers import answers
from tests.benchmarks.table_records import read_records
from tests.benchmarks.table_text import summary

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
REFERENCE = ROOT / "outputs" / "reference"

MARKED = re.compile(r"(<!-- (\w+): python -m tests\.benchmarks\.readme -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL)


def read(path: str) -> Any:
    return json.loads((REFERENCE / path).read_text())


PARTS: dict[str, Callable[[], str]] = {
    "table": lambda: summary(read_records(REFERENCE / "table")),
    "answers": lambda: answers(read_records(REFERENCE / "table"), REFERENCE),
    "speed": lambda: speed_table(read("benchmark_training.json")),
    "training": lambda: sentences(read("benchmark_training.json")),
    "measuring": lambda: speed_of_measuring(read("benchmark_measuring.json")),
    "samplers": lambda: overview(read("samplers/samplers.json")),
}


def filled(text: str) -> str:
    """The README with each part between its marks as the files have it. Raises KeyError for a mark without a part."""
    return MARKED.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def write() -> None:
    README.write_text(filled(README.read_text()))


if __name__ == "__main__":
    write()
