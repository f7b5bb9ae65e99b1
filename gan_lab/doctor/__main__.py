"""python -m gan_lab.doctor: says what is wrong with runs, and what to try. Imports no torch."""

import argparse
from pathlib import Path

from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.explanation import explained, records
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
    judged = run.summary or run.metrics.clocks.size
    nothing = "nothing is wrong that shows in its files" if judged else "neither summary.json nor metrics.csv is there"
    without = "" if run.judged else "\nthe signs of a critic were not looked for: this model has none"
    return f"{from_here(folder)}:\n{explained(records(run)) or nothing}{without}"


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
