"""What the doctor says of the table's records, and how often it errs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.examination import examined
from gan_lab.doctor.finding import Finding
from gan_lab.doctor.thresholds import LEAST_LINES
from gan_lab.doctor.weights_clipped import SHARE
from gan_lab.reference.published import Record
from gan_lab.reference.rows import PATCHES
from gan_lab.runs.curves import Metrics, read_metrics
from gan_lab.study.study_results import MethodResult

BROKEN_FLOORS = 100.0
"""A run is broken where its FID is that many times the floor or more."""
HEALTHY_FLOORS, HEALTHY_RECALL = 15.0, 0.5
"""A run is healthy where its FID is that many times the floor or less, and its recall that of real images times that or
more. The others are neither."""


@dataclass(frozen=True)
class Examined:
    """A record, whether its run is broken or healthy by its FID, and what the doctor found."""

    row: str
    seed: int
    fid_in_floors: float
    recall: float  # against that of real images
    findings: list[Finding]

    @property
    def broken(self) -> bool:
        return self.fid_in_floors >= BROKEN_FLOORS

    @property
    def healthy(self) -> bool:
        return has_learnt(self.fid_in_floors, self.recall)

    @property
    def serious(self) -> list[Finding]:
        return [found for found in self.findings if found.serious]


def has_learnt(fid_in_floors: float, recall: float) -> bool:
    """Returns whether FID and recall, divided by those of real images, are those of a healthy run."""
    return fid_in_floors <= HEALTHY_FLOORS and recall >= HEALTHY_RECALL


def examined_rows(records: Sequence[Record], folder: Path) -> list[Examined]:
    """Returns what is found in each record of the table, with its curves in `folder` where they are there.

    Rows on colour patches are left out: FID by an untrained network does not tell which of them are broken.
    """
    return [examined_record(record, folder) for record in records if record["row"] not in PATCHES]


def examined_record(record: Record, folder: Path) -> Examined:
    """Returns what is found in a record. FID and recall are those of the last step, as most findings are."""
    run = evidence_of_record(record, folder / f"{record['row']}-seed{record['seed']}.csv")
    last, floor = run.measures("last"), run.measures("floor")
    return Examined(
        row=record["row"],
        seed=record["seed"],
        fid_in_floors=last["fid"] / floor["fid"],
        recall=last["recall_k3"] / floor["recall_k3"],
        findings=examined(run),
    )


def examined_finals(methods: Sequence[MethodResult]) -> list[Examined]:
    """Returns what was found in the finals of a study whose records tell it. FID is that on the validation images, and
    recall that on the test images."""
    return [
        Examined(
            row=method.name,
            seed=int(final["seed"]),
            fid_in_floors=final["validation"]["fid"] / final["floor"],
            recall=final["test"]["recall_k3"] / final["test_floor"]["recall_k3"],
            findings=[Finding(sentence="", measured="", tries=(), **found) for found in final["findings"]],
        )
        for method in methods
        for final in method.finals
        if "findings" in final
    ]


def evidence_of_record(record: Record, curves: Path) -> Evidence:
    """Returns what a record and the curves of its run say, in the form of a run folder.

    Records without a floor on the validation images, on which a run is measured, have that of the test images. Where
    curves do not have the share of clipped weights, it is that of the outer bins of the best critic's histogram.
    """
    measures = record["measures"]
    rows = {row: measures.get(row, {}) for row in ("best", "last", "raw")}
    floor = measures.get("floor_validation", measures["floor"])
    summary = {"status": "finished", "monitor": "fid", "measures": rows | {"floor": floor}}
    config = nested(record["config"])
    metrics = read_metrics(curves)
    limit = Evidence(config).number("model.constraints.weight_clipping.limit")
    if limit and SHARE not in metrics.columns:
        first, *_, last = record["critic_weights"]["shares"]
        metrics = Metrics(metrics.clocks, metrics.columns | {SHARE: np.full(LEAST_LINES, first + last)})
    return Evidence(config, summary, metrics)


def nested(settings: dict[str, Any]) -> dict[str, Any]:
    """Returns {"model.loss.weight": 3} as {"model": {"loss": {"weight": 3}}}."""
    tree: dict[str, Any] = {}
    for key, value in settings.items():
        *parents, last = key.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return tree


def counts(rows: Sequence[Examined]) -> Record:
    """Returns how many runs are broken and how many of them have no serious finding, and the same of healthy runs that
    have one, with their names; and how many runs have each finding."""
    broken = [row for row in rows if row.broken]
    healthy = [row for row in rows if row.healthy]
    names = [found.name for row in rows for found in row.findings]
    return {
        "records": len(rows),
        "broken": len(broken),
        "broken_missed": named([row for row in broken if not row.serious]),
        "healthy": len(healthy),
        "healthy_flagged": named([row for row in healthy if row.serious]),
        "findings": {name: names.count(name) for name in sorted({*names})},
    }


def named(rows: Sequence[Examined]) -> list[str]:
    """Returns `gan-seed1` for each row."""
    return [f"{row.row}-seed{row.seed}" for row in rows]
