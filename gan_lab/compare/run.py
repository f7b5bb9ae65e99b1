"""Compares runs, for `python -m gan_lab.compare`."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gan_lab.compare.columns import Column, columns_of
from gan_lab.compare.find import Found, find
from gan_lab.compare.page import page
from gan_lab.compare.sections import Section, sections_of
from gan_lab.compare.tables import comma_separated, markdown, terminal
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import write_text
from gan_lab.runs.run_folder import MARKS


@dataclass(frozen=True)
class Comparison:
    """Runs and evaluations, what differs between their settings, and their tables."""

    found: Found
    columns: list[Column]
    sections: list[Section]


def compared(found: Found, folders: Sequence[Path]) -> Comparison:
    """Compares the runs that were found below the folders. Raises GanLabError where there is none."""
    if not found.results:
        raise GanLabError(f"there is no run of gan_lab below {', '.join(map(str, folders))}")
    columns = columns_of(found.results)
    return Comparison(found, columns, sections_of(found.results, columns))


def write(folders: Sequence[Path], out: Path) -> Path:
    """Compares the runs below the folders, prints a short table and returns the path of the page.

    Writes compare.html, compare.md and compare.csv into `out`. Raises GanLabError where there is no run or nothing can
    be written.
    """
    found = find(folders)
    for sentence in found.skipped:
        print(f"gan_lab: skipped {sentence}", file=sys.stderr)
    comparison = compared(found, folders)
    columns, sections = comparison.columns, comparison.sections
    texts = {
        "compare.md": markdown(sections, columns, found.skipped),
        "compare.csv": comma_separated(sections, columns),
        "compare.html": page(sections, columns, found.skipped, title_of(folders)),
    }
    try:
        for name, text in texts.items():
            write_text(out / name, text)
    except OSError as error:
        raise GanLabError(f"cannot write to {out}: {error.strerror}") from error
    print(terminal(sections))
    evaluations = sum(result.kind == "evaluation" for result in found.results)
    runs = len(found.results) - evaluations
    counts = f"{runs} run{'s' * (runs != 1)}" + (
        f" and {evaluations} evaluation{'s' * (evaluations != 1)}" if evaluations else ""
    )
    print(f"\n{counts}: {', '.join(str(out / name) for name in reversed(texts))}")
    return out / "compare.html"


def title_of(folders: Sequence[Path]) -> str:
    """Returns the names of the folders; of several runs side by side, the name of the sweep's folder around them."""
    whole = [folder.resolve() for folder in folders]
    around = {folder.parent for folder in whole}
    runs = [folder for folder in whole if folder.is_dir() and MARKS & set(os.listdir(folder))]
    if len(around) == 1 and len(runs) == len(whole) > 1:
        return around.pop().name
    return ", ".join(dict.fromkeys(folder.name for folder in whole))
