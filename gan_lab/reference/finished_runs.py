"""The files that the table keeps of a finished and evaluated run: record, curves and a strip of samples."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from omegaconf import OmegaConf

from gan_lab.data.patch_places import crops_of
from gan_lab.reference.film import FILMED, film
from gan_lab.reference.published import Record
from gan_lab.reference.row_curves import write_curves
from gan_lab.reference.row_records import MEASURES, current
from gan_lab.reference.row_settings import Settings, settings
from gan_lab.reference.rows import rows
from gan_lab.reference.sheet import strip_of_samples
from gan_lab.runs.atomic import write_json
from gan_lab.runs.checkpoint import read_checkpoint
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import DIRTY
from gan_lab.runs.run_folder import CONFIG, EVALUATION, RunFolder, find_checkpoint
from gan_lab.trust.foreign import read_json

BUDGET = ("generator_steps", "critic_steps", "images_seen", "seconds", "cpu_seconds")
SAMPLES, FEWER = 10_000, {"patches": crops_of("test", 32, 4)}
"""The samples that are measured, and those of data with fewer test images."""
BINS = 60
"""The number of bins of the histogram of the critic's weights."""


def finished_runs(folder: Path) -> Iterator[tuple[Path, Settings, int]]:
    """Yields every finished run in single precision and of committed code below a folder, with its training settings
    and its seed."""
    for path in sorted(folder.rglob(CONFIG)):
        config: Any = OmegaConf.to_container(OmegaConf.load(path))
        single = config["trainer"]["precision"] == "32-true"
        summary = RunFolder(path.parent).read_summary()
        if single and summary.get("status") == "finished" and clean(summary.get("commit")):
            yield path.parent, settings(config), config["seed"]


def clean(commit: str | None) -> bool:
    """Returns whether a commit is known and the code was as committed."""
    return commit is not None and not commit.endswith(DIRTY)


def evaluated(run: Path) -> Record | None:
    """Returns the evaluation of a run's best checkpoint on all test images, or None if there is none."""
    path = run / "evaluation" / EVALUATION
    if not path.is_file():
        return None
    found = read_json(path)
    about = (found["subject"]["generator_steps"], found["subject"]["sampler"], found["protocol"]["samples"])
    samples = FEWER.get(found["protocol"]["dataset"], SAMPLES)
    return found if about == (RunFolder(run).read_summary()["best_step"], "direct", samples) else None


def keep(run: Path, name: str, trained: Settings, seed: int, folder: Path) -> None:
    """Writes the files that the table keeps of an evaluated run, the record last.

    Samples are kept of the highest seed of the row that has the same settings, films of the first seed of `FILMED`.
    """
    stem = f"{name}-seed{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    write_curves(RunFolder(run).metrics, folder / f"{stem}.csv")
    if name in FILMED and seed == 1:
        (folder / "films").mkdir(exist_ok=True)
        save_picture(film(RunFolder(run).samples), folder / "films" / f"{name}.png", optimize=True)
    if all(seed >= other["seed"] for other in current(folder, {name: trained})[0]):
        save_picture(strip_of_samples(run / "evaluation" / "samples.png"), folder / f"{name}.png", optimize=True)
    write_json(folder / f"{stem}.json", record(run, name, trained, seed))


def record(run: Path, name: str, trained: Settings, seed: int) -> Record:
    """Returns the record of an evaluated run."""
    summary, evaluation = RunFolder(run).read_summary(), evaluated(run)
    assert evaluation is not None
    measured = {
        "test": evaluation["measures"]["generated"],
        "floor": evaluation["measures"]["floor"],
        "floor_validation": summary["measures"]["floor"],
        "best": summary["measures"]["best"],
        "last": summary["measures"]["last"],
        "raw": summary["measures"].get("raw", {}),
    }
    return {
        "row": name,
        "seed": seed,
        "command": " ".join(["python -m gan_lab", *rows()[name], f"seed={seed}"]),
        "config_hash": digest(trained),
        "budget": {key: ({"critic_steps": 0} | summary)[key] for key in BUDGET},
        "best_step": summary["best_step"],
        "measures": {which: {m: values[m] for m in MEASURES if m in values} for which, values in measured.items()},
        "intervals": {m: pair for m, pair in evaluation["measures"].get("interval", {}).items() if m in MEASURES},
        "critic_weights": weight_histogram(run),
        "commit": summary["commit"],
        "protocol": {"test": evaluation["protocol"], "validation": summary["protocol"]},
        "machine": summary["machine"],
        "versions": summary["versions"],
        "config": trained,
    }


def weight_histogram(run: Path) -> Record:
    """Returns a histogram of the weights of the best checkpoint's critic, without biases.

    `shares` are of `BINS` equal bins from -`edge` to `edge`, the largest magnitude; without a critic all are 0.
    """
    saved = read_checkpoint(find_checkpoint(str(run), "best"))["state_dict"]
    found = [w.flatten() for name, w in saved.items() if name.startswith("critic.") and w.ndim > 1]
    if not found:
        return {"edge": 0.0, "shares": [0.0] * BINS}
    weights = torch.cat(found)
    edge = float(weights.abs().max())
    counts = weights.histc(BINS, -edge, edge)
    return {"edge": edge, "shares": [round(share, 6) for share in (counts / len(weights)).tolist()]}


def digest(trained: Settings) -> str:
    """Returns a short hash of settings, which does not depend on their order."""
    return hashlib.sha256(json.dumps(trained, sort_keys=True).encode()).hexdigest()[:16]
