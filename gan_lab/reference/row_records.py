"""What the table keeps of a run: a record, its curves, a strip of its samples."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, pstdev, stdev
from typing import Any

import torch
from omegaconf import OmegaConf
from PIL import Image

from gan_lab.reference.rows import Settings, rows, same, settings
from gan_lab.runs.atomic import write_json
from gan_lab.runs.checkpoint import find_checkpoint, read_checkpoint
from gan_lab.runs.run_folder import RunFolder

Record = dict[str, Any]

MEASURES = (
    *("fid", "kid", "precision_k3", "recall_k3", "density_k5", "coverage_k5"),
    *("class_kl", "class_least_share", "classes_covered", "class_diversity", "class_separation"),
    *("cluster_accuracy", "separation"),
    *("authenticity", "data_copying", "duplicates"),
)
BUDGET = ("generator_steps", "critic_steps", "images_seen", "seconds")
TRAIN_IMAGES = 50_000

TERMS = ("critic/loss", "generator/loss", "critic/wasserstein_estimate", "critic/gradient_norm")
LAYERS = tuple(f"{player}/parameter_gradient_norm_layer_" for player in ("critic", "generator"))
MEASURED = ("fid", "precision_k3", "recall_k3")
POINTS = 40
"""Lines of a run's curves."""
BINS = 60
"""Of the critic's weights."""

SHEET, SIDE, STRIPS = 10, 58, 3
"""Samples in a row of an evaluation's samples.png, pixels from one to the next there, and rows kept."""


def finished_runs(folder: Path) -> Iterator[tuple[Path, Settings, int]]:
    """Every run in single precision below a folder that came to its end, with what it trained and its seed."""
    for path in sorted(folder.rglob("config.yaml")):
        config: Any = OmegaConf.to_container(OmegaConf.load(path))
        single = config["trainer"]["precision"] == "32-true"
        if single and RunFolder(path.parent).read_summary().get("status") == "finished":
            yield path.parent, settings(config), config["seed"]


def evaluated(run: Path) -> Record | None:
    """The evaluation of a run's best checkpoint on all test images, unless it is missing or of another checkpoint."""
    path = run / "evaluation" / "evaluation.json"
    if not path.is_file():
        return None
    found: Record = json.loads(path.read_text())
    about = (found["subject"]["generator_steps"], found["subject"]["sampler"], found["protocol"]["samples"])
    return found if about == (RunFolder(run).read_summary()["best_step"], "direct", 10_000) else None


def keep(run: Path, name: str, trained: Settings, seed: int, folder: Path) -> None:
    """Writes the record of an evaluated run, for seed 1 its curves, and the first of the samples that were measured
    unless a later seed's, trained the same, are there. The record comes last."""
    stem = f"{name}-seed{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    if seed == 1:
        write_curves(run / "metrics.csv", folder / f"{stem}.csv")
    if all(seed >= other["seed"] for other in current(folder, {name: trained})[0]):
        strip(run / "evaluation" / "samples.png").save(folder / f"{name}.png", optimize=True)
    write_json(folder / f"{stem}.json", record(run, name, trained, seed))


def record(run: Path, name: str, trained: Settings, seed: int) -> Record:
    summary, evaluation = RunFolder(run).read_summary(), evaluated(run)
    assert evaluation is not None
    measured = {
        "test": evaluation["measures"]["generated"],
        "floor": evaluation["measures"]["floor"],
        "best": summary["measures"]["best"],
        "last": summary["measures"]["last"],
    }
    return {
        "row": name,
        "seed": seed,
        "command": " ".join(["python -m gan_lab", *rows()[name], f"seed={seed}"]),
        "config_hash": digest(trained),
        "budget": {key: summary[key] for key in BUDGET} | {"epochs": summary["images_seen"] / TRAIN_IMAGES},
        "best_step": summary["best_step"],
        "measures": {which: {m: values[m] for m in MEASURES if m in values} for which, values in measured.items()},
        "critic_weights": weight_histogram(run),
        "protocol": {"test": evaluation["protocol"], "validation": summary["protocol"]},
        "machine": summary["machine"],
        "versions": summary["versions"],
        "config": trained,
    }


def weight_histogram(run: Path) -> Record:
    """Shares of the best checkpoint's critic's weights, without biases, in `BINS` bins from -edge to edge, the largest
    magnitude."""
    saved = read_checkpoint(find_checkpoint(str(run), "best"))["state_dict"]
    weights = torch.cat([w.flatten() for name, w in saved.items() if name.startswith("critic.") and w.ndim > 1])
    edge = float(weights.abs().max())
    counts = weights.histc(BINS, -edge, edge)
    return {"edge": edge, "shares": [round(share, 6) for share in (counts / len(weights)).tolist()]}


def digest(trained: Settings) -> str:
    return hashlib.sha256(json.dumps(trained, sort_keys=True).encode()).hexdigest()[:16]


def read_records(folder: Path) -> list[Record]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*-seed*.json"))]


def current(folder: Path, wanted: dict[str, Settings]) -> tuple[list[Record], list[str]]:
    """The records of rows as they are now, and the names of files of other settings, which count as missing."""
    found: list[Record] = []
    stale: list[str] = []
    for record in read_records(folder):
        if record["row"] in wanted and same(record["config"], wanted[record["row"]]):
            found.append(record)
        else:
            stale.append(f"{record['row']}-seed{record['seed']}")
    return found, stale


def values(records: Sequence[Record], row: str, measure: str) -> list[float]:
    """Of all seeds of a row, on the test images."""
    return [record["measures"]["test"][measure] for record in records if record["row"] == row]


def spread(runs: Sequence[float]) -> float:
    """Standard deviation over seeds; 0 of one."""
    return stdev(runs) if len(runs) > 1 else 0.0


def write_curves(metrics: Path, to: Path) -> None:
    """`POINTS` lines of a run's metrics.csv: terms as means since the line before, the critic's loss also with its
    standard deviation there; measures as they were, on a line of the step that they are of."""
    with metrics.open(newline="") as file:
        lines = list(csv.DictReader(file))
    columns = [name for name in lines[0] if name in TERMS or name.startswith(LAYERS)]
    length = int(lines[-1]["generator_steps"])
    groups: dict[int, list[dict[str, str]]] = {}
    for line in lines:
        groups.setdefault(part(int(line["generator_steps"]), length), []).append(line)
    with to.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["generator_steps", "images_seen", "seconds", *columns, "critic/loss_std", *MEASURED])
        for group in groups.values():
            found = {name: [float(line[name]) for line in group if line[name]] for name in columns}
            losses = found["critic/loss"]
            at = next((line for line in group if line["fid"]), group[-1])
            writer.writerow(
                [
                    *(at[name] for name in ("generator_steps", "images_seen", "seconds")),
                    *(f"{mean(values):.5g}" if values else "" for values in found.values()),
                    f"{pstdev(losses):.5g}" if losses else "",
                    *(f"{float(at[m]):.5g}" if at[m] else "" for m in MEASURED),
                ]
            )


def part(step: int, length: int) -> int:
    """Which of the `POINTS` parts of a run a step is in, from 1."""
    return -(-step * POINTS // length)


def strip(sheet: Path) -> Image.Image:
    """The first rows of a sheet of samples, at the images' own size."""
    with Image.open(sheet) as whole:
        top = whole.convert("L").crop((0, 0, SHEET * SIDE, STRIPS * SIDE))
    return top.resize((top.width // 2, top.height // 2), Image.Resampling.BOX)
