"""Reads the state of a run from its folder. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path

from gan_lab.runs.lock import held
from gan_lab.runs.run_folder import RunFolder

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
    status = summary["status"]
    if status == "running" and not held(run):
        status = "interrupted"
    monitor = summary.get("monitor", "fid")
    best = summary.get("measures", {}).get("best", {}).get(monitor)
    length = summary.get("length") or 0
    done = 1.0 if status in OVER else min(1.0, summary["generator_steps"] / length) if length else 0.0
    return State(status, done, best, monitor, summary.get("reason", ""))
