"""What a finished run says of itself: its headline, its files, and what can be done next."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_lab.callback.evaluation import Evaluation
from gan_lab.metric.headline import LEGEND, headline, in_one_line
from gan_lab.runs.next_steps import next_steps
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import from_here
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
        f"run folder: {from_here(folder)}",
        *([f"report: {from_here(run.report)}"] if run.report.is_file() else []),
        *(f"picture: {from_here(path)}" for path in pictures if path.is_file()),
        *([f"all measures: {from_here(run.measures)}"] if measured else []),
    ]


def what_next(config: Mapping[str, Any], folder: Path) -> list[str]:
    """Returns the commands that measure, sample, show, prolong and compare a run, a line each."""
    return ["what to do next:", *(f"  {command}  # {what}" for command, what in next_steps(config, folder).items())]
