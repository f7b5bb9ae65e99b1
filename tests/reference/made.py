"""Records and curves as the table keeps them, made up."""

import csv
import json
import random
from pathlib import Path
from statistics import mean
from typing import Any

from gan_lab.reference.answer_table import Answer, Table
from gan_lab.reference.published import Record
from gan_lab.reference.row_curves import LAYERS, MEASURED, TERMS
from gan_lab.reference.row_records import MEASURES
from gan_lab.reference.rows import rows
from gan_lab.reference.rows import seeds as row_seeds


def record(row: str, fid: float, seed: int = 1, **more: float) -> Record:
    """Return what answers read of a record; its one setting differs between rows."""
    classes = {"class_least_share": 0.05, "class_separation": 0.75, "class_diversity": 1.0}
    test = {"fid": float(fid), "precision_k3": 0.5, "recall_k3": 0.25} | classes | more
    return {"row": row, "seed": seed, "measures": {"test": test}, "config": {"what": row}}


def seeds(row: str, *fids: float, **more: float) -> list[Record]:
    """Return the records of a row with these FIDs."""
    return [record(row, fid, seed, **more) for seed, fid in enumerate(fids, 1)]


def three(row: str, fid: float) -> list[Record]:
    """Return three seeds that vary by 2 %, between which and those of another row any verdict is clear."""
    return seeds(row, 0.98 * fid, fid, 1.02 * fid)


def answered(answer: Answer, *records: Record, reference: Path = Path()) -> str:
    """Return the answer where it is the only one on the page."""
    return answer(Table.asked_by([answer], records, reference))


def table(*records: Record, reference: Path = Path()) -> Table:
    """Return what answers are asked of."""
    return Table(records, reference)


def setting(sampler: str, fid: float, n: int = 2_000, seeds: int = 10, noise: float = 0.02, **more: Any) -> Record:
    """Return the record of a sampler's setting whose FID varies over sampling seeds, in a way of its own."""
    own = random.Random(f"{sampler} {n}")
    shapes = [own.gauss(0, 1) for _ in range(seeds)]
    fids = [fid * (1 + noise * (shape - mean(shapes))) for shape in shapes]
    spread = {"fid": 2.0, "precision_k3": 0.01, "recall_k3": 0.02}
    return {
        **{"sampler": sampler, "n": n, "split": "test", "seeds": [*range(1, seeds + 1)], "runs": {"fid": fids}},
        **{"measures": {"fid": fid, "precision_k3": 0.5, "recall_k3": 0.25}, "spread": spread},
        **more,
    }


def write_samplers(reference: Path, model: str, *rows: Record) -> None:
    """Write the records of a model into samplers.json, beside those of others."""
    path = reference / "samplers" / "samplers.json"
    path.parent.mkdir(exist_ok=True)
    kept = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps(kept | {model: {"rows": rows}}))


def write_curve(reference: Path, row: str, seed: int = 1, **columns: list[Any]) -> None:
    """Write the curves of a row, a line every 100 steps; `critic__loss` is the column `critic/loss`."""
    (reference / "table").mkdir(exist_ok=True)
    with (reference / "table" / f"{row}-seed{seed}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["generator_steps", *(name.replace("__", "/") for name in columns)])
        writer.writerows(zip(range(100, 4001, 100), *columns.values(), strict=True))


def write_table(reference: Path) -> list[Record]:
    """Write the curves of every row and return the records of all of its seeds, whose values mean nothing."""
    own = random.Random(1)
    found = []
    for row in rows():
        for seed in row_seeds(row):
            fid = own.uniform(5, 500)
            found.append(kept(row, seed, fid) | {"config": {"what": row}})
            columns = {name.replace("/", "__"): [own.uniform(0.1, 2.0) for _ in range(40)] for name in COLUMNS}
            write_curve(reference, row, seed=seed, **columns)
    return found


COLUMNS = (
    *TERMS,
    *MEASURED,
    "critic/loss_std",
    *(f"{start}{layer}" for start in LAYERS for layer in (1, 2, 3, 4)),
)


def kept(name: str, seed: int, fid: float) -> Record:
    """Return what the page reads of a record."""
    measures = dict.fromkeys(MEASURES, 0.5) | {"fid": fid}
    return {
        **{"row": name, "seed": seed, "measures": {"test": measures, "floor": measures, "best": {"fid": fid + 1}}},
        "budget": {"generator_steps": 15_625, "seconds": 600.0, "cpu_seconds": 600.0},
        "config": {"model.loss._target_": f"gan_lab.loss.{'class_bce' if name == 'gmgan_static' else 'hinge'}"},
        "protocol": {"test": {"samples": 10_000, "reference_n": 10_000, "split": "test", "extractor": "x"}},
    }
