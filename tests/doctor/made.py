"""Runs as the doctor sees them, made up."""

from typing import Any

import numpy as np

from gan_lab.doctor.evidence import Evidence
from gan_lab.runs.curves import Metrics

FLOOR = {"precision_k3": 0.9, "recall_k3": 0.8, "coverage_k5": 0.95, "class_diversity": 1.0, "authenticity": 0.6}
FLOOR |= {"fid": 1.0, "class_least_share": 0.08}
GOOD = {"fid": 5.0, "precision_k3": 0.8, "recall_k3": 0.7, "coverage_k5": 0.8, "class_diversity": 0.9}
GOOD |= {"authenticity": 0.6, "class_least_share": 0.07, "data_copying": 1.0, "duplicates": 0.0}
LINES = 100


def curves(**columns: list[float]) -> Metrics:
    """Columns of `LINES` lines, each with these values for equal parts of the run; `critic__loss` is `critic/loss`."""
    lines = np.arange(LINES)
    return Metrics(
        np.stack([lines + 1.0] * 3),
        {name.replace("__", "/"): np.array(v)[lines * len(v) // LINES] for name, v in columns.items()},
    )


def finished(
    config: dict[str, Any] | None = None, rows: dict[str, dict[str, float]] | None = None, **last: float
) -> Evidence:
    """A finished run with good measures, but for those of the last generator that are given."""
    measures = {"best": GOOD | last, "last": GOOD | last, "raw": GOOD | last, "floor": FLOOR} | (rows or {})
    return Evidence(config or {}, {"status": "finished", "monitor": "fid", "measures": measures})


def trained(**columns: list[float]) -> Evidence:
    """A run that goes on, of which only the curves are known."""
    return Evidence({}, {"status": "running"}, curves(**columns))
