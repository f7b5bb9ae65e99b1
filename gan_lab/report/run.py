"""Writes report.html into run folders. Imports no torch."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_lab.compare.find import left_out
from gan_lab.errors import GanLabError
from gan_lab.report.one_page import one_page
from gan_lab.report.subject import read_subject
from gan_lab.runs.atomic import write_text
from gan_lab.runs.below import runs_below
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import from_here


def write_report(folder: Path, ending: dict[str, Any] | None = None) -> Path:
    """Writes the report of a run into its folder and returns its path. Raises NoRunError where there is no run.

    `ending` is what summary.json will hold in a moment, where a run that ends has not written it yet.
    """
    path = RunFolder(folder).report
    write_text(path, one_page(read_subject(folder, ending)))
    return path


def write_reports(folders: Sequence[Path]) -> list[Path]:
    """Writes the reports of all runs below the folders, prints and returns their paths.

    A run that cannot be read is left out with a sentence. Raises GanLabError for a path that is no folder and where
    there is no run.
    """
    pages: list[Path] = []
    for run in runs_below(folders, "report"):
        skipped: list[str] = []
        with left_out(run, skipped):
            text = one_page(read_subject(run))
        if skipped:
            print(f"gan_lab: skipped {skipped[0]}", file=sys.stderr)
            continue
        pages.append(RunFolder(run).report)
        write_text(pages[-1], text)
        print(f"report: {from_here(pages[-1])}")
    if not pages:
        raise GanLabError(f"there is no run of gan_lab below {', '.join(map(str, folders))}")
    return pages
