"""What `python -m gan_lab.extractor` does."""

import hashlib
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.data.base import DataModule, Samples
from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import affine_head
from gan_lab.metric.extractor.trained import TrainedFeatures, to_artefact
from gan_lab.metric.extractor.training import train_classifier
from gan_lab.metric.ladder import ladder
from gan_lab.metric.real_images import quantised


def train_extractor(config: dict[str, Any], command: str) -> dict[str, Any]:
    """Trains on the training images alone, writes weights and report, and returns the report.

    The report holds what one must know to do it again (`command` among it), the accuracies, and how the
    features fare on the corruption ladder. Raises GanLabError where the name is taken, and for data without
    labels or images.
    """
    weights = Path(config["folder"]) / f"{config['name']}.safetensors"
    if weights.exists():
        raise GanLabError(f"{weights} exists and numbers were measured with it: take another name")
    data: DataModule = build(config["data"], "data")
    data.prepare_data()
    data.setup()
    if data.train.labels is None or data.train.values.ndim != 4:
        raise GanLabError("an extractor learns to tell labelled images apart, and these data are no such images")

    torch.set_num_threads(config["threads"])
    start = time.perf_counter()
    images = quantised(data.train, len(data.train))
    recipe = {key: config[key] for key in ("epochs", "batch_size", "lr", "seed")}
    classifier = train_classifier(images, data.train.labels, classes=data.num_classes, **recipe)
    with torch.inference_mode():
        pooled = [classifier.blocks.pooled(batch.float() / 255.0) for batch in images.split(1000)]
    seconds = time.perf_counter() - start

    channels, height, width = images.shape[1:]
    artefact = to_artefact(classifier, (channels, height, width), affine_head(torch.cat(pooled)))
    sha256 = hashlib.sha256(artefact).hexdigest()
    write(weights, artefact)
    extractor = TrainedFeatures(name=config["name"], sha256=sha256, folder=config["folder"])
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    report = {
        "command": command,
        "sha256": sha256,
        "images": {part: len(samples) for part, samples in parts.items()},
        "split_seed": data.split_seed,
        **recipe,
        "accuracy": {part: accuracy(extractor, samples) for part, samples in parts.items()},
        "ladder": ladder(extractor, data),
        "seconds": round(seconds, 1),
        "threads": config["threads"],
        "torch": torch.__version__,
        "machine": f"{platform.platform()}, {torch.backends.cpu.get_cpu_capability()}, {os.cpu_count()} CPUs",
    }
    write(Path(config["results"]) / f"{config['name']}.json", (json.dumps(report, indent=2) + "\n").encode())
    return report


def accuracy(extractor: TrainedFeatures, samples: Samples) -> float:
    """The share of samples whose label has the highest logit."""
    assert samples.labels is not None
    guesses = [extractor.logits(batch).argmax(1) for batch in quantised(samples, len(samples)).split(1000)]
    return (torch.cat(guesses) == samples.labels).double().mean().item()


def write(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    os.replace(partial, path)
