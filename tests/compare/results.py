"""Results and sections as they are in memory, without run folders."""

from pathlib import Path
from typing import Any

import numpy as np

from gan_lab.compare.result import Result
from gan_lab.compare.sections import Row, Section
from gan_lab.runs.curves import Curves, Series


def result(name: str = "run", *, seed: int | None = 1, status: str = "finished", **more: Any) -> Result:
    """A finished training run on the ring whose EMD is 3 at best and 4 in the end."""
    given: dict[str, Any] = {
        "folder": Path("outputs/gan") / name,
        "kind": "training",
        "settings": {"variant": "gan", "dataset": "ring"},
        "complete": True,
        "given": frozenset(),
        "reason": "",
        "protocol": {"dataset": "ring", "samples": 100},
        "monitor": "emd",
        "measures": {"best": {"emd": 3.0}, "last": {"emd": 4.0}, "raw": {}, "floor": {"emd": 1.0}},
        "cost": {"generator_steps": 1000.0, "images_seen": 64000.0, "seconds": 30.0},
    }
    return Result(seed=seed, status=status, **(given | more))


def row(*results: Result, label: str = "a row", values: tuple[Any, ...] = ()) -> Row:
    return Row(label, [*values], [*results], [*results])


def section(*rows: Row, **more: Any) -> Section:
    """Of the EMD alone."""
    given: dict[str, Any] = {
        "kind": "training",
        "title": "ring, 100 samples",
        "protocol": {"dataset": "ring", "samples": 100},
        "unlike": "",
        "monitor": "emd",
        "measures": ["emd"],
        "headlines": 1,
        "floor": {"emd": 1.0},
        **{"swept": [], "folded": [], "alike": []},
    }
    return Section(rows=[*rows], **(given | more))


def curve(steps: list[float], **columns: list[float]) -> Curves:
    """Columns that were measured at these steps; 64 images and 0.5 seconds each."""
    clocks = np.array([steps, [64 * step for step in steps], [0.5 * step for step in steps]], dtype=float)
    return Curves(clocks, {name: Series(clocks, np.array(values, dtype=float)) for name, values in columns.items()})
