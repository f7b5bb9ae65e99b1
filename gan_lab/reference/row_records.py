"""The table's records, one for each row and seed, and the values in them."""

from collections.abc import Sequence
from pathlib import Path
from statistics import stdev

from gan_lab.reference.published import Record
from gan_lab.reference.row_settings import Settings, same
from gan_lab.trust.foreign import read_json

MEASURES = (
    *("fid", "fid_infinity", "kid", "inception_score", "precision_k3", "recall_k3", "density_k5", "coverage_k5"),
    *("class_kl", "class_tv", "class_least_share", "classes_covered", "class_diversity", "class_separation"),
    *("cluster_accuracy", "separation"),
    *("authenticity", "data_copying", "duplicates"),
    *("fid_mnistcnn_v1", "fid_mnistcnn_v2_seed1", "fid_random_v1"),
)


def read_records(folder: Path) -> list[Record]:
    """Returns all records in the table's folder, in the order of their names."""
    return [read_json(path) for path in sorted(folder.glob("*-seed*.json"))]


def current(folder: Path, wanted: dict[str, Settings]) -> tuple[list[Record], list[str]]:
    """Returns the records that have the present settings of their rows, and the names of the others."""
    found: list[Record] = []
    stale: list[str] = []
    for record in read_records(folder):
        if record["row"] in wanted and same(record["config"], wanted[record["row"]]):
            found.append(record)
        else:
            stale.append(f"{record['row']}-seed{record['seed']}")
    return found, stale


def values(records: Sequence[Record], row: str, measure: str) -> list[float]:
    """Returns a measure on the test images for each seed of a row."""
    return [record["measures"]["test"][measure] for record in records if record["row"] == row]


def spread(runs: Sequence[float]) -> float:
    """Returns the standard deviation over seeds, which is 0 for one seed."""
    return stdev(runs) if len(runs) > 1 else 0.0
