"""python -m gan_lab.sweep outputs/multirun/NAME: shows the progress of a sweep. Imports no torch."""

import sys
from pathlib import Path

from gan_lab.errors import said_in_a_sentence
from gan_lab.runs.jobs import read_jobs
from gan_lab.runs.state import state
from gan_lab.sweep.sweep_progress import sentence
from gan_lab.trust.lenient import printable


def main() -> None:
    """Prints the state of each run of a sweep and a summary."""
    if {"--help", "-h"} & {*sys.argv}:
        print("Shows how far each run of a sweep is.\n\n  python -m gan_lab.sweep outputs/multirun/NAME")
        return
    if len(sys.argv) != 2:
        sys.exit(
            "gan_lab: python -m gan_lab.sweep takes one argument, the folder of a sweep, such as outputs/multirun/NAME"
        )
    folder = Path(sys.argv[1])
    with said_in_a_sentence():
        jobs = read_jobs(folder)
    states = [state(folder / job["folder"]) for job in jobs]
    for job, found in zip(jobs, states, strict=True):
        value = "" if found.best is None else f"  {found.monitor} {found.best:.4g}"
        line = f"{job['folder']:30} {found.status:12} {found.done:4.0%}{value}  {found.reason}"
        print(printable(line).rstrip())
    print(sentence(states, [folder / job["folder"] for job in jobs], len(jobs), rate=0.0))


if __name__ == "__main__":
    main()
