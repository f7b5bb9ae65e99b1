"""Trains the unseen runs, keeps what the doctor found in them, and counts how often it erred."""

import time
from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from gan_lab.doctor.evidence import Evidence, evidence_of
from gan_lab.doctor.examination import examined
from gan_lab.errors import GanLabError, NonFiniteError
from gan_lab.reference.examined_rows import has_learnt
from gan_lab.reference.finished_runs import clean
from gan_lab.reference.published import OUTPUTS, REFERENCE, ROOT, Record
from gan_lab.reference.unseen_runs import UNSEEN, command_of, words_of
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import commit
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import assigned
from gan_lab.trust.foreign import read_json

RUNS = OUTPUTS / "doctor"
RECORDS = REFERENCE / "doctor_unseen.json"
JUDGED_BY = ("fid", "recall_k3", "modes_covered", "high_quality_share")
HEALTHY_QUALITY = 0.5
"""A run on points is healthy where it covers every mode that real points cover, and this share of its samples, divided
by that of real points, is of high quality."""


def train_unseen(runs: Path = RUNS, records: Path = RECORDS) -> None:
    """Trains and examines the runs of which there is no record with the same command yet, and writes their records.

    Each record is written as soon as it is there, so that a stopped command goes on where it was. Raises GanLabError
    where the code is not committed, and for a run that does not begin.
    """
    kept = read_unseen(records)
    missing = [name for name in UNSEEN if kept.get(name, {}).get("command") != command_of(name)]
    if missing and not clean(commit(ROOT)):
        raise GanLabError("records are made by committed code: commit the changes of this checkout first")
    for name in tqdm(missing, "runs"):
        kept[name] = trained(name, runs / name)
        write_json(records, {name: kept[name] for name in UNSEEN if name in kept})


def read_unseen(records: Path = RECORDS) -> dict[str, Record]:
    """Returns the records of the runs by name, none where there are none yet."""
    return read_json(records) if records.is_file() else {}


def trained(name: str, folder: Path) -> Record:
    """Trains a run and returns its record. A run that fails, as of values that are not finite, is examined too. Raises
    GanLabError for one that is refused."""
    from gan_lab.library.fitting import fit  # torch is slow to import

    began = time.process_time()
    try:
        fit(*words_of(name), assigned("hydra.run.dir", str(folder)), "overwrite=true")
    except NonFiniteError as error:
        print(f"gan_lab: {error}")
    summary, run = RunFolder(folder).read_summary(), evidence_of(folder)
    return {
        "command": command_of(name),
        "broken_to_have": UNSEEN[name].finding,
        "status": summary["status"],
        "against_real": against_real(run),
        "findings": [one.brief for one in examined(run)],
        "cpu_seconds": round(time.process_time() - began, 1),
        "commit": summary["commit"],
        "machine": summary["machine"],
        "versions": summary["versions"],
    }


def against_real(run: Evidence) -> dict[str, float]:
    """Returns the measures of the last step by which a run is judged, divided by those of real data; none for a run
    that failed, since real data are measured at the end."""
    measured = {name: run.against_real(name) for name in JUDGED_BY if run.measures("floor")}
    return {name: round(value, 3) for name, value in measured.items() if value is not None}


def healthy(record: Record) -> bool:
    """Returns whether a run has no fault on purpose and has learnt its data: images by the rule of the table's rows,
    points where they cover every mode and are of high quality."""
    judged = record["against_real"]
    if record["broken_to_have"] or not judged:
        return False
    if "fid" in judged:
        return has_learnt(judged["fid"], judged["recall_k3"])
    return judged["modes_covered"] >= 1 and judged["high_quality_share"] >= HEALTHY_QUALITY


def unseen_counts(records: Mapping[str, Record]) -> Record:
    """Returns how many runs were broken on purpose and which of them lack the finding that they were broken to have,
    and how many are healthy and which of them have a serious one."""
    broken = {name: one for name, one in records.items() if one["broken_to_have"]}
    learnt = {name: one for name, one in records.items() if healthy(one)}
    return {
        "records": len(records),
        "broken": len(broken),
        "broken_missed": [name for name, one in broken.items() if one["broken_to_have"] not in names(one)],
        "healthy": len(learnt),
        "healthy_flagged": [name for name, one in learnt.items() if any(found["serious"] for found in one["findings"])],
    }


def names(record: Record) -> list[str]:
    """Returns the names of the findings of a run."""
    return [found["name"] for found in record["findings"]]
