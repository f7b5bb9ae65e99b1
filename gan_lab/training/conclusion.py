"""What a finished run says of itself: its headline, its files, and what can be done next."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_lab.callback.evaluation import Evaluation
from gan_lab.metric.headline import LEGEND, headline, in_one_line
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import assigned, bare, typed
from gan_lab.terminal.table import against, paragraph, table


def results(evaluation: Evaluation) -> list[str]:
    """Returns the table of the measures that come first, beside those of real data, and what it is compared with."""
    return [
        table(headline(evaluation.columns, evaluation.measure.monitor)),
        LEGEND,
        paragraph(against(evaluation.protocol())),
    ]


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
