"""What a finished run says of itself: its headline, its files, and what can be done next."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_lab.callback.evaluation import Evaluation
from gan_lab.metric.headline import LEGEND, headline, in_one_line
from gan_lab.metric.measures_page import measures_page
from gan_lab.runs.atomic import write_text
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import assigned, bare, typed
from gan_lab.terminal.table import against, paragraph, table

Columns = dict[str, dict[str, float]]


def columns(evaluation: Evaluation, last_step: int) -> Columns:
    """Returns the measures of the best and the last generator and of real training data, by the title of their
    column."""
    names = {"best": f"best (step {evaluation.best_step})", "last": f"last (step {last_step})", "floor": "real (floor)"}
    return {names[row]: values for row, values in evaluation.results.items() if values}


def write_measures(evaluation: Evaluation, last_step: int, folder: RunFolder) -> None:
    """Writes measures.md, the table of all final measures."""
    write_text(folder.measures, measures_page(columns(evaluation, last_step), evaluation.protocol()))


def results(evaluation: Evaluation, last_step: int) -> list[str]:
    """Returns the table of the measures that come first, beside those of real data, and what it is compared with."""
    found = columns(evaluation, last_step)
    return [table(headline(found, evaluation.measure.monitor)), LEGEND, paragraph(against(evaluation.protocol()))]


def result_in_one_line(evaluation: Evaluation, folder: Path) -> str:
    """Returns the best measures beside the floor in one line, for a job among many."""
    best, floor = evaluation.results["best"], evaluation.results["floor"]
    values = in_one_line(best, floor, evaluation.measure.monitor) or "nothing could be measured"
    return f"{folder.name}: {values}, best at step {evaluation.best_step}"


def files(folder: Path, measured: bool) -> list[str]:
    """Returns the lines that say where the files of a run are."""
    run = RunFolder(folder)
    pictures = [
        *(run.samples / name for name in ("latest.png", "training.gif")),
        *(run.figures / name for name in ("measures.png", "terms.png")),
    ]
    return [
        f"run folder: {os.path.relpath(folder)}",
        *(f"picture: {os.path.relpath(path)}" for path in pictures if path.is_file()),
        *([f"all measures: {os.path.relpath(run.measures)}"] if measured else []),
    ]


def next_steps(config: Mapping[str, Any], folder: Path) -> list[str]:
    """Returns the commands that measure, sample, prolong and compare a run, a line each."""
    run, all_of_it = bare(os.path.relpath(folder)), bare(os.path.relpath(folder.parent))
    resumed = assigned("resume", os.path.relpath(folder))
    drawn = [] if len(config["data"]["shape"]) == 3 else ["format=npz"]
    key = "epochs" if config["generator_steps"] is None else "generator_steps"
    return [
        "what to do next:",
        f"  {typed('gan_lab.evaluate', run)}  # measure it on the test data",
        f"  {typed('gan_lab.sample', run, 'n=100', 'out=samples', *drawn)}  # draw into files",
        f"  {typed('gan_lab', resumed, f'{key}={2 * config[key]}')}  # train it longer",
        f"  {typed('gan_lab.compare', all_of_it)}  # compare runs",
    ]
