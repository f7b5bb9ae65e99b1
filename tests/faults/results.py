"""What a command has left, in a form in which two runs that are equal bit for bit are equal."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from gan_lab.runs.cache import digest_of
from gan_lab.runs.jobs import JOURNAL, read_jobs

CLOCKS = {"seconds", "cpu_seconds", "evaluation_seconds"}


def of_run(run: Path) -> dict[str, Any]:
    """Weights, optimizers, counters, metrics, measures and pictures of a training, without its clocks."""
    summary = json.loads((run / "summary.json").read_text())
    return {
        **{name: of_checkpoint(run / "checkpoints" / f"{name}.ckpt") for name in ("last", "best")},
        "metrics": metrics(run),
        "measures": (run / "measures.md").read_text(),
        "summary": {key: summary[key] for key in ("status", "measures", "best_step", "generator_steps", "seed")},
        "pictures": {path.name: digest(path) for path in sorted(run.rglob("*.png"))},
    }


def metrics(run: Path) -> list[dict[str, str]]:
    """The lines of metrics.csv without the clock. Fails where a step is there twice."""
    with (run / "metrics.csv").open(newline="") as file:
        rows = [{name: value for name, value in row.items() if name not in CLOCKS} for row in csv.DictReader(file)]
    steps = [int(row["generator_steps"]) for row in rows]
    assert steps == sorted({*steps}), f"{run}: steps {steps}"
    return rows


def of_checkpoint(path: Path) -> dict[str, Any]:
    saved = torch.load(path, weights_only=True)
    moments = [
        (f"{player}.{index}.{name}", torch.as_tensor(value))
        for player, optimizer in enumerate(saved["optimizer_states"])
        for index, values in optimizer["state"].items()
        for name, value in values.items()
    ]
    counters = {key: value for key, value in saved["counters"].items() if key not in CLOCKS}
    return {"weights": digest_of(saved["state_dict"]), "optimizers": digest_of(dict(moments)), "counters": counters}


def of_sweep(folder: Path) -> dict[str, Any]:
    """All jobs of a sweep, and of a search its trials."""
    jobs = read_jobs(folder)
    found: dict[str, Any] = {job["folder"]: (sorted(job["overrides"]), of_run(folder / job["folder"])) for job in jobs}
    if (folder / JOURNAL).is_file():
        import optuna

        from gan_lab.sweep.search_record import open_study

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        trials = open_study(folder).get_trials()
        found["trials"] = [(trial.number, trial.state.name, trial.params, trial.value) for trial in trials]
    return found


def of_evaluation(folder: Path) -> dict[str, Any]:
    record = json.loads((folder / "evaluation.json").read_text())
    pictures = {path.name: digest(path) for path in sorted(folder.rglob("*.png"))}
    return {"results": record["measures"], "measures": (folder / "measures.md").read_text(), "pictures": pictures}


def of_folder(folder: Path) -> dict[str, str]:
    """The digest of each file; of a record, without its clocks."""
    return {path.name: digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def digest(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".json":
        content = json.dumps(without_clocks(json.loads(content)), sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def without_clocks(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: without_clocks(value) for key, value in node.items() if "seconds" not in key}
    return [without_clocks(item) for item in node] if isinstance(node, list) else node


def partial_files(folder: Path) -> list[Path]:
    """What a writer that was killed has left, and nobody has removed."""
    return [*folder.rglob(".*.partial")]
