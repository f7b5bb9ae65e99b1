"""Compares runs, for `python -m gan_lab.compare`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from gan_lab.compare.columns import columns_of
from gan_lab.compare.find import find
from gan_lab.compare.page import page
from gan_lab.compare.sections import sections_of
from gan_lab.compare.tables import comma_separated, markdown, terminal
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import write_text


def write(folders: Sequence[Path], out: Path) -> Path:
    """Compares the runs below the folders, prints a short table and returns the path of the page.

    Writes compare.html, compare.md and compare.csv into `out`. Raises GanLabError where there is no run or nothing can
    be written.
    """
    found = find(folders)
    for sentence in found.skipped:
        print(f"gan_lab: skipped {sentence}", file=sys.stderr)
    if not found.results:
        raise GanLabError(f"there is no run of gan_lab below {', '.join(map(str, folders))}")
    columns = columns_of(found.results)
    sections = sections_of(found.results, columns)
    title = ", ".join(dict.fromkeys(folder.resolve().name for folder in folders))
    texts = {
        "compare.md": markdown(sections, columns, found.skipped),
        "compare.csv": comma_separated(sections, columns),
        "compare.html": page(sections, columns, found.skipped, title),
    }
    try:
        for name, text in texts.items():
            write_text(out / name, text)
    except OSError as error:
        raise GanLabError(f"cannot write to {out}: {error.strerror}") from error
    print(terminal(sections))
    evaluations = sum(result.kind == "evaluation" for result in found.results)
    runs = len(found.results) - evaluations
    counts = f"{runs} run{'s' * (runs != 1)}" + (f" and {evaluations} evaluations" if evaluations else "")
    print(f"\n{counts}: {', '.join(str(out / name) for name in reversed(texts))}")
    return out / "compare.html"
