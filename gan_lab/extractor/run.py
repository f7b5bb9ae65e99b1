"""Trains an extractor, for `python -m gan_lab.extractor`."""

import hashlib
import shlex
import time
from typing import Any

import torch

from gan_lab.data.base import DataModule, Samples
from gan_lab.data.loading import load_data
from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.extractor.acceptance import ENOUGH, not_tested, shortfalls
from gan_lab.extractor.augmentation import STATED
from gan_lab.extractor.beside import compared, others
from gan_lab.extractor.ladder import DROPPED, ladder, size
from gan_lab.extractor.pixel_groups import grouped
from gan_lab.extractor.recipe import epochs_for, train_network
from gan_lab.extractor.weights_file import refuse_data, weights_path
from gan_lab.metric.extractor.base import affine_head
from gan_lab.metric.extractor.trained import TrainedFeatures, to_artefact
from gan_lab.metric.real_images import quantised
from gan_lab.runs.atomic import write_bytes, write_json
from gan_lab.runs.provenance import provenance
from gan_lab.terminal.commands import assigned
from gan_lab.trust.home import expanded

KINDS: dict[str, Any] = {
    "seed": int,
    "epochs": int | None,
    "batch_size": int,
    "lr": float,
    "threads": int,
    "least_accuracy": float,
    "beside": list[str],
}

USUAL_FOLDER = "outputs/extractors"
"""Where extractors are put and looked for unless the configuration says otherwise."""

FEWEST = 4
"""The smallest number of images on a rung of the ladder, since precision uses the third neighbour."""

SURE = 100
"""Of fewer images than this on a rung, what fails and what does not is mostly chance."""


def train_extractor(config: dict[str, Any], command: str) -> dict[str, Any]:
    """Trains on the training images alone, writes weights and report side by side, and returns the report.

    The report contains what is needed to repeat the training, including `command`, the accuracies if there are labels,
    the measures on the ladder of corruptions, those of the extractors `beside` it, the conditions that are not met, and
    those that the images are too few to test.
    Raises GanLabError if the name is taken, an option is impossible, or the data are no images or too few.
    """
    chosen = options(config)
    weights = weights_path(config)
    data = load_data(config["data"])
    tested = to_be_tested(data)
    known = others(chosen["beside"], data)

    torch.set_num_threads(chosen["threads"])
    start, start_of_work = time.perf_counter(), time.process_time()
    images = quantised(data.train, len(data.train))
    recipe = {key: chosen[key] for key in ("epochs", "batch_size", "lr", "seed")}
    if recipe["epochs"] is None:
        recipe["epochs"] = epochs_for(len(images), recipe["batch_size"], data.num_classes > 0)
    network = train_network(images, data.train.labels, classes=data.num_classes, **recipe)
    with torch.inference_mode():
        features = torch.cat([network.extract(batch.float() / 255.0)[0] for batch in images.split(1000)])
    seconds, seconds_of_work = time.perf_counter() - start, time.process_time() - start_of_work

    channels, height, width = images.shape[1:]
    artefact = to_artefact(network, (channels, height, width), affine_head(features), data.content)
    sha256 = hashlib.sha256(artefact).hexdigest()
    write_bytes(weights, artefact)
    extractor = TrainedFeatures(name=weights.stem, sha256=sha256, folder=str(weights.parent))
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    report: dict[str, Any] = {
        "command": command,
        "sha256": sha256,
        "images": {part: len(samples) for part, samples in parts.items()},
        "split_seed": data.split_seed,
        **recipe,
        "learnt_from": "labels and two views" if data.num_classes else "two views, without labels",
        "augmentation": STATED,
        "features": features.shape[1],
    }
    if data.num_classes:
        report["accuracy"] = {part: accuracy(extractor, samples) for part, samples in parts.items()}
    report |= {
        "ladder": ladder(extractor, tested),
        "seconds": round(seconds, 1),
        "processor_seconds": round(seconds_of_work, 1),
        **provenance(torch.device("cpu")),
    }
    report["beside"] = compared(report["ladder"], known, tested)
    report["falls_short"] = shortfalls(report, chosen["least_accuracy"])
    report["not_tested"] = not_tested(report["ladder"]["checks"]["n"])
    write_json(weights.with_name(f"{weights.stem}.json"), report)
    return report


def options(config: dict[str, Any]) -> dict[str, Any]:
    """Returns the options that are numbers. Raises GanLabError for other types and values out of range."""
    chosen = {key: conform(config[key], kind, key) for key, kind in KINDS.items()}
    for key in ("epochs", "batch_size", "lr", "threads"):
        if chosen[key] is not None and not chosen[key] > 0:
            raise GanLabError(f"{key}={chosen[key]} must be above 0")
    return chosen


def to_be_tested(data: DataModule) -> DataModule:
    """Returns the data for the ladder: with their classes or, where they have none, `grouped`.

    Raises GanLabError for data that are no images, have one class, or too few images.
    """
    refuse_data(data.shape, data.num_classes)
    if min(data.shape[1:]) < 4:
        raise GanLabError(f"an extractor takes images of 4x4 pixels or more, not {data.shape[1]}x{data.shape[2]}")
    few = f"{len(data.validation)} validation images are too few"
    enough = "to test an extractor: raise data.validation_fraction or data.validation_size"
    n = size(data)
    if n < FEWEST:
        raise GanLabError(f"{few} {enough}")
    tested = data if data.num_classes else grouped(data)
    kept = tested.num_classes - max(dropped for dropped in DROPPED if dropped < tested.num_classes)
    labels = tested.validation.labels
    assert labels is not None
    if int((labels[n:] < kept).sum()) < FEWEST:
        classes = f"the first {kept} of {tested.num_classes} classes"
        raise GanLabError(f"{few}, or too few of them are of {classes}, {enough}")
    return tested


def accuracy(extractor: TrainedFeatures, samples: Samples) -> float:
    """Returns the share of samples whose label has the highest logit."""
    assert samples.labels is not None
    guesses = []
    for batch in quantised(samples, len(samples)).split(1000):
        logits = extractor.extract(batch)[1]
        assert logits is not None
        guesses.append(logits.argmax(1))
    return (torch.cat(guesses) == samples.labels).double().mean().item()


def learnt(report: dict[str, Any]) -> str:
    """Returns what was learnt, as the beginning of a sentence."""
    if "accuracy" in report:
        return f"accuracy on test images: {report['accuracy']['test']:.4f}"
    return "learnt without labels, so that measures of classes are left out"


def overrides(config: dict[str, Any]) -> str:
    """Returns the overrides that use the extractor as metric, quoted for a shell."""
    chosen = {"name": config["name"]}
    if config["folder"] != USUAL_FOLDER:
        chosen["folder"] = str(expanded(config["folder"]).absolute())
    return shlex.join(["metric=trained", *(assigned(f"metric.extractor.{key}", chosen[key]) for key in chosen)])


def warning(config: dict[str, Any], report: dict[str, Any]) -> str | None:
    """Returns one sentence for an extractor that fails a condition, otherwise None."""
    if not report["falls_short"]:
        return None
    n = report["ladder"]["checks"]["n"]
    doubt = ", too few to be sure of anything" if n < SURE else ""
    reasons = "; ".join(report["falls_short"])
    return f"extractor {config['name']} fails its tests on {n} images of each kind{doubt}: {reasons}"


def untested(report: dict[str, Any]) -> str | None:
    """Returns one sentence on the tests that were not made, None where all were."""
    if not report["not_tested"]:
        return None
    n = report["ladder"]["checks"]["n"]
    return f"not tested, since {n:,} images of each kind are fewer than {ENOUGH:,}: {'; '.join(report['not_tested'])}"
