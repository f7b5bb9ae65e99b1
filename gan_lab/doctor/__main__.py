"""python -m gan_lab.doctor: says what is wrong with runs, and what to try. Imports no torch."""

import argparse
from pathlib import Path

from gan_lab.doctor.evidence import Evidence, evidence_of
from gan_lab.doctor.explanation import explained, records
from gan_lab.doctor.thresholds import HALFWAY, LEAST_LINES
from gan_lab.errors import GanLabError, said_in_a_sentence
from gan_lab.runs.below import runs_below
from gan_lab.terminal.commands import from_here

EXAMPLES = """
  python -m gan_lab.doctor outputs/wgan_gp/DATE_TIME          a run, finished or not
  python -m gan_lab.doctor outputs/multirun/NAME              every run of a sweep
"""


def main() -> None:
    """Prints what is found in the runs below the folders of the command line."""
    folders = parser().parse_args().folders
    with said_in_a_sentence():
        runs = runs_below(folders, "doctor")
        for run in runs:
            print(diagnosed(run))
        if not runs:
            raise GanLabError(f"there is no run of gan_lab below {', '.join(map(str, folders))}")


def diagnosed(folder: Path) -> str:
    """Returns what is found in a run folder, below its path."""
    run = evidence_of(folder)
    reason = str(run.summary.get("reason") or "an unknown reason")
    failed = [f"the run failed: {reason}"] if run.summary.get("status") == "failed" else []
    return "\n".join([f"{from_here(folder)}:", *failed, explained(records(run)) or nothing(run), *not_judged(run)])


def nothing(run: Evidence) -> str:
    """Returns in words that a run has no finding."""
    if not run.summary and not run.metrics.clocks.size:
        return "neither summary.json nor metrics.csv is there"
    if run.progress < HALFWAY:
        return "nothing is wrong so far; samples are judged from the middle of the run on"
    return "nothing is wrong that shows in its files"


def not_judged(run: Evidence) -> list[str]:
    """Returns in words what could not be looked for."""
    if not run.judged:
        return ["this model has no critic, so the findings about a critic do not apply"]
    if run.metrics.clocks.size > 0 and len(run.curve("critic/loss")) < LEAST_LINES:
        return [
            f"losses and gradients were not judged: metrics.csv has fewer than {LEAST_LINES} lines of them, and "
            "callbacks.terms.every=5 logs more"
        ]
    return []


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.doctor",
        allow_abbrev=False,
        description="Says in plain words what is wrong with runs, by their figures, and which command to try.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="run folders, finished or not, of any age, sweeps, or folders above them",
    )
    return options


if __name__ == "__main__":
    main()
