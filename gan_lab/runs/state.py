"""Reads the state of a run from its folder. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path

from gan_lab.runs.lock import held
from gan_lab.runs.run_folder import RunFolder
from gan_lab.trust.lenient import finite_numbers, mapping, printable, whole

OVER = ("finished", "pruned")
"""States of jobs that need not run again."""


@dataclass(frozen=True)
class State:
    """The state of a run.

    `status` is waiting, running, interrupted, failed, pruned or finished; `done` is the share of its generator steps.
    """

    status: str
    done: float = 0.0
    best: float | None = None  # value of `monitor`, of a finished job
    monitor: str = ""
    reason: str = ""


def state(run: Path) -> State:
    """Returns the state of the job in this folder. A job that is marked as running but holds no lock was killed."""
    summary = RunFolder(run).read_summary()
    if not summary:
        return State("running" if held(run) else "waiting")
    status = printable(str(summary.get("status", "failed")))
    if status == "running" and not held(run):
        status = "interrupted"
    monitor = printable(str(summary.get("monitor", "fid")))
    best = finite_numbers(mapping(summary.get("measures")).get("best")).get(monitor)
    length, steps = (whole(summary.get(name)) or 0 for name in ("length", "generator_steps"))
    done = 1.0 if status in OVER else min(1.0, steps / length) if length > 0 else 0.0
    return State(status, done, best, monitor, printable(str(summary.get("reason", ""))))
