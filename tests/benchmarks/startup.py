"""python -m tests.benchmarks.startup: where the seconds go between a command and the end of its first round.

Prints a table. Each run is a process of its own, of `startup_clock`; commands take turns.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

COMMANDS = {
    "digits": (),
    "mnist": ("data=mnist",),
    "mnist, no evaluation": ("data=mnist", "~callbacks.evaluation"),
}
"""What is added to `python -m gan_lab`."""

LEAST = 0.005
"""Seconds that a part must take to stand in the table."""


def startup(repeats: int) -> dict[str, Any]:
    """By command: the median seconds of each part and of all, all values, and the seconds of a first run.

    In the first run the evaluation computes what it keeps of real images for all later ones.
    """
    found: dict[str, list[dict[str, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in tqdm(range(1 + repeats), "start-up"):
            for name, arguments in COMMANDS.items():
                found[name].append(one(arguments, Path(folder)))
    result = {}
    for name, (first, *runs) in found.items():
        values = {part: [round(run[part], 4) for run in runs] for part in runs[0]}
        result[name] = {
            "command": " ".join(("python -m gan_lab", *COMMANDS[name])),
            "seconds": {part: statistics.median(all_values) for part, all_values in values.items()},
            "all_seconds": values,
            "first_time": {part: round(seconds, 4) for part, seconds in first.items()},
        }
    return result


def one(arguments: tuple[str, ...], folder: Path) -> dict[str, float]:
    """The seconds of each part of one run, and their sum; `folder` keeps what evaluations remember."""
    command = [sys.executable, "-m", "tests.benchmarks.startup_clock", str(time.monotonic()), *arguments]
    done = subprocess.run(
        [*command, f"hydra.run.dir={tempfile.mkdtemp(dir=folder)}/run"],
        env=os.environ | {"GAN_LAB_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    seconds = json.loads(done.stdout.splitlines()[-1])
    return seconds | {"total": sum(seconds.values())}


def table(result: dict[str, Any]) -> str:
    """Median seconds, a part a line, a command a column."""
    medians = [of["seconds"] for of in result.values()]
    parts = dict.fromkeys(part for seconds in medians for part, value in seconds.items() if value >= LEAST)
    del parts["total"]
    lines = [" " * 26 + "".join(f"{name:>22}" for name in result)]
    for part in (*parts, "total"):
        cells = (f"{seconds[part]:.2f}" if part in seconds else "" for seconds in medians)
        lines.append(f"{part:<26}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    print(table(startup(parser.parse_args().repeats)))


if __name__ == "__main__":
    main()
