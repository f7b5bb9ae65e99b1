"""Run folders that look as training leaves them, without training."""

import copy
import csv
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

MEASURES = ("fid", "precision_k3", "recall_k3", "density_k5", "coverage_k5")
TERMS = (
    *("critic/loss", "critic/real", "critic/fake", "critic/accuracy", "critic/parameter_gradient_norm"),
    *(f"critic/parameter_gradient_norm_layer_{layer}" for layer in range(1, 8)),
    *("generator/loss", "generator/fake", "generator/parameter_gradient_norm"),
    *(f"generator/parameter_gradient_norm_layer_{layer}" for layer in range(1, 8)),
)
PROTOCOL = {
    **{"split": "validation", "reference_n": 10000, "floor_n": 10000, "extractor": "mnistcnn-v1"},
    **{"extractor_sha256": "c9" * 32, "reference_sha256": "e7" * 32, "measure_version": 2, "k": 3, "density_k": 5},
    **{"sampler": "direct", "samples": 10000, "ema": True},
}
FLOOR = {"fid": 0.45, "precision_k3": 0.888, "recall_k3": 0.892, "density_k5": 0.996, "coverage_k5": 0.971}
Config = dict[str, Any]


def changed(config: Config, **values: Any) -> Config:
    """A copy with other values; `model__n_critic=3` for dotted keys."""
    result = copy.deepcopy(config)
    for key, value in values.items():
        *parents, last = key.split("__")
        node = result
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return result


def seeded(config: Config, seed: int) -> Config:
    """The run with another seed, in all places where composing puts it."""
    return changed(config, seed=seed, model__seed=seed, data__seed=seed, callbacks__summary__seed=seed)


def write_run(
    folder: Path, config: Config, *, quality: float = 20.0, steps: int = 2000, **summary: Any
) -> dict[str, Any]:
    """A finished run of this configuration whose FID falls to `quality`. `summary`: values in the place of others.

    Returns its summary.json.
    """
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(relocated(config, folder), sort_keys=False))
    random = np.random.default_rng(abs(hash((quality, config["seed"]))) % 2**32)
    evaluated = write_metrics(folder / "metrics.csv", quality, steps, random)
    best = min(evaluated, key=lambda row: row["fid"])
    record = {
        "status": "finished",
        "command": "python -m gan_lab " + " ".join(config["overrides"]),
        **{name: config[name] for name in ("variant", "dataset", "seed")},
        **{"rounds": steps, "generator_steps": steps, "critic_steps": steps, "images_seen": 64 * steps},
        **{"seconds": 0.03 * steps, "best_step": int(best["generator_steps"]), "monitor": "fid", "length": steps},
        "measures": {
            "best": final(best),
            "last": final(evaluated[-1]),
            "raw": {name: evaluated[0][name] for name in FLOOR},
            "floor": FLOOR,
        },
        "intervals": {"best": {name: [0.97 * best[name], 1.03 * best[name]] for name in MEASURES}},
        "protocol": PROTOCOL,
        "machine": {"cores": 2, "threads": 1, "cpu": "AVX512", "device": "cpu", "processes": 1},
    } | summary
    (folder / "summary.json").write_text(json.dumps(record))
    return record


def final(measured: dict[str, float]) -> dict[str, float]:
    """With measures that are taken once: one that differs, one that is the same in all runs, and one of mere rounding
    errors."""
    once = {"kid": measured["fid"] / 200, "duplicates": 0.0, "class_separation": 1e-33 * measured["fid"]}
    return {name: measured[name] for name in MEASURES} | once


def relocated(config: Config, folder: Path) -> Config:
    """The run's folder in all the places where it stands."""
    return json.loads(json.dumps(config).replace(json.dumps(config["run_dir"]), json.dumps(str(folder))))


def write_metrics(path: Path, quality: float, steps: int, random: np.random.Generator) -> list[dict[str, float]]:
    """Every 20 steps all terms, ten times also the measures, which are returned."""
    evaluated = []
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["generator_steps", "images_seen", "seconds", *TERMS, *MEASURES])
        for step in range(20, steps + 1, 20):
            terms = [f"{value:.6f}" for value in random.normal(1.0, 0.2, len(TERMS)) + np.exp(-5 * step / steps)]
            measures: list[float] = []
            if step % (steps // 10) == 0:
                share = step / steps
                fid = float(quality * (1 + 10 * np.exp(-4 * share)) * random.uniform(0.95, 1.05))
                measures = [fid, 0.9 * share, 0.8 * share * 10 / quality, 0.7 * share, 0.6 * share]
                evaluated.append({"generator_steps": step, **dict(zip(MEASURES, measures, strict=True))})
            writer.writerow([step, 64 * step, 0.03 * step, *terms, *(measures or ("",) * len(MEASURES))])
    return evaluated


def write_pictures(folder: Path, count: int = 8, steps: int = 2000, hue: int = 0) -> None:
    """Grids of 10x10 discs that grow, twice as large as they were generated, as training writes them."""
    samples = folder / "samples"
    samples.mkdir(parents=True)
    y, x = np.mgrid[-14:15, -14:15]
    for index in range(count):
        sizes = 3 + 9 * index / count + (np.arange(100) * (hue + 1)) % 4
        discs = np.clip(60 * (sizes[:, None, None] - np.hypot(x, y)), 0, 255).astype(np.uint8)
        grid = discs.reshape(10, 10, 29, 29).swapaxes(1, 2).reshape(290, 290)
        picture = Image.fromarray(grid).resize((580, 580), Image.Resampling.NEAREST)
        picture.save(samples / f"step_{steps * index // (count - 1):06d}.png")


def three_data_sets(folder: Path, configs: dict[tuple[str, str], Config]) -> list[Path]:
    """Two seeds of each configuration by data set and variant. Each data set has its own reference images."""
    folders = []
    for index, ((dataset, variant), config) in enumerate(configs.items()):
        for seed in (1, 2):
            run = folder / f"{2 * index + seed - 1}_{variant}"
            write_run(
                run,
                seeded(config, seed) | {"run_dir": str(run)},
                quality=10 + 5 * len(variant) + seed,
                steps=200,
                protocol=PROTOCOL | {"reference_sha256": dataset.encode().hex().ljust(64, "0")},
            )
            write_pictures(run, count=2, steps=200, hue=index)
            folders.append(run)
    return folders


def many_runs(folder: Path, configs: dict[str, Config], number: int = 200) -> list[Path]:
    """Runs of a sweep: variants x learning rates x batch sizes x five seeds; the last four have not finished."""
    folders = []
    for index, (variant, config, seed) in enumerate(take(configs, number)):
        run = folder / f"{index}_{variant}"
        status = {number - 1: "failed", number - 2: "running", number - 3: "pruned", number - 4: "interrupted"}
        more: dict[str, Any] = {}
        if index in status:
            more = {"status": status[index], "reason": "critic/loss became NaN <at> step 7", "measures": {"latest": {}}}
        quality = 10 + 7 * len(variant) + 5e4 * config["optimizer"]["lr"] + config["data"]["batch_size"] / 16 + seed
        write_run(run, seeded(config, seed), quality=quality, **more)
        write_pictures(run, hue=index)
        folders.append(run)
    return folders


def take(configs: dict[str, Config], number: int) -> Iterator[tuple[str, Config, int]]:
    grid = product(configs, (5e-5, 1e-4, 2e-4, 5e-4), (32, 64), range(1, 6))
    for index, (variant, lr, batch, seed) in enumerate(grid):
        if index < number:
            optimizer = {"optimizer__lr": lr} | {f"model__optimizers__{p}__lr": lr for p in ("critic", "generator")}
            yield variant, changed(configs[variant], data__batch_size=batch, **optimizer), seed
