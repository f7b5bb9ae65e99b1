"""What a run gave to W&B offline, read back by W&B's own tool."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.commands import environment

WANDB = Path(sys.executable).with_name("wandb")


@dataclass
class Records:
    """One file's: the rows of its history, the last of its configuration and summary, and the run's own fields."""

    folder: Path
    history: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)
    axes: list[dict[str, Any]] = field(default_factory=list)


def records(run: Path) -> list[Records]:
    """Of a run folder, one for each time that it was started, oldest first."""
    return [read(file) for file in sorted(run.glob("wandb/offline-run-*/run-*.wandb"))]


def read(file: Path) -> Records:
    done = subprocess.run(
        [WANDB, "leet", "inspect", "--json", file], capture_output=True, text=True, check=True, env=environment()
    )
    found = Records(file.parent)
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if "metric" in record:
            found.axes.append(record["metric"])
        if "history" in record:
            found.history.append(record["history"]["item"])
        found.config |= record.get("config", {}).get("update", {})
        found.summary |= record.get("summary", {}).get("update", {})
        found.run |= record.get("run", {})
    return found
