"""Checks that data, a measure and a sampler fit a model, and each other."""

import json
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gan_lab.checks.idle import objects
from gan_lab.checks.source import source_signature
from gan_lab.config.choices import choices
from gan_lab.errors import GanLabError, NoCriticError
from gan_lab.metric.extractor.published_files import PUBLISHED, missing
from gan_lab.metric.extractor.trained_files import trained_file
from gan_lab.runs.run_folder import config_at

Values = Mapping[str, Any]
FROM_PRIOR = ("direct", "truncated", "sigma_scaled", "ode")
"""Samplers that need nothing but the prior."""
CLASSIFYING = ("confidence", "batch_inception_score")
"""Samplers that ask a classifier of the data's classes."""
MOST_PIXELS, LEAST_SIDE = 4096, 4
"""What metric=pixels and metric=random take."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a configuration tells of a model without building it."""

    model: Values
    shape: tuple[int, ...]
    classes: int

    @classmethod
    def of(cls, model: Values, data: Values) -> "Trained":
        """Returns it for the parts of a configuration."""
        return cls(model, tuple(data["shape"]), data["num_classes"])

    @classmethod
    def at(cls, checkpoint: str) -> "Trained | None":
        """Returns it for a run folder or a checkpoint in one; None for a checkpoint that lies elsewhere, and where the
        configuration does not tell, since opening the checkpoint says what is wrong."""
        config = config_at(checkpoint)
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            found = cls.of(config["model"], config["data"])
            counts = (found.components, found.loss_classes, found.classes)
            if found.prior and all(count >= 0 for count in counts) and found.judges_single_samples in (True, False):
                return found
        return None

    @property
    def prior(self) -> str:
        """The name of the prior's class."""
        return str(self.model["prior"]["_target_"]).rpartition(".")[2]

    @property
    def components(self) -> int:
        return int(self.model["prior"].get("components", 0))

    @property
    def loss_classes(self) -> int:
        """The number of classes that the loss knows, 0 for one without classes."""
        return int((self.model.get("loss") or {}).get("num_classes", 0))

    @property
    def flows(self) -> bool:
        """Whether its generator is a flow."""
        return str(self.model["generator"]["_target_"]).endswith(".Flow")

    @property
    def judged(self) -> bool:
        """Whether it has a critic."""
        return self.model["critic"] is not None

    @property
    def compares_batches(self) -> bool:
        """Whether its loss compares batches, so that a single sample has no score."""
        return str((self.model.get("loss") or {}).get("_target_")).endswith(".KernelDiscrepancy")

    @property
    def judges_single_samples(self) -> bool:
        critic = self.model["critic"] or {}
        if self.compares_batches:
            return False
        return self.model.get("packing", 1) == 1 and critic.get("batch_statistics", "none") == "none"


def refuse_sampler(sampler: Values, chosen: str, trained: Trained, while_training: bool = False) -> None:
    """Raises GanLabError for the `chosen` sampler, or one that it starts from, where it cannot draw from the model."""
    for place, own in objects(sampler, "sampler"):
        module = str(own.get("_target_")).rpartition(".")[0]
        name = module.removeprefix("gan_lab.sampler.")
        if name == module or name == "latent_weights":
            continue
        if name == "sigma_scaled" and trained.prior != "GaussianMixture":
            raise GanLabError(
                f"sampler=sigma_scaled needs a model with a mixture prior, and this one has {trained.prior}: use "
                "prior=gaussian_mixture, or sampler=truncated"
            )
        if name == "truncated" and trained.prior == "Uniform" and own["t"] is not None:
            raise GanLabError(f"a uniform prior has no tails for {place}.t to cut: set {place}.t=null and {place}.psi")
        if name == "ode" and not trained.flows:
            raise GanLabError(
                "sampler=ode solves a flow, and the generator of this model is none: model=flow_matching has one"
            )
        called = chosen if place == "sampler" else name
        if while_training and name not in FROM_PRIOR and (trained.judged or name in CLASSIFYING):
            raise GanLabError(
                f"sampler={called} needs trained weights: train with sampler=direct and measure it afterwards with "
                f"python -m gan_lab.evaluate checkpoint=RUN sampler={called}"
            )
        if name in CLASSIFYING:
            if trained.classes == 0:
                raise GanLabError(f"sampler={called} needs a classifier, and the data have no labels to train it on")
        elif name not in FROM_PRIOR and not trained.judged:
            raise NoCriticError(f"sampler={called}")
        elif name not in FROM_PRIOR and not trained.judges_single_samples:
            raise GanLabError(
                f"sampler={called} needs scores of single samples, but this critic judges several samples together"
            )


def refuse_added(metric: Any, chosen: str, in_use: bool = True) -> None:
    """Raises GanLabError for measures of `measure=[...]` that the `chosen` metric does not take, or that no part in use
    would compute."""
    entries = metric.get("metrics") if isinstance(metric, Mapping) else None
    added = [name for name in entries if name in choices("measure")] if isinstance(entries, Mapping) else []
    if not added:
        return
    words = f"measure=[{','.join(added)}]"
    signature = source_signature(str(metric.get("_target_")))
    if signature is not None and not signature.takes_any and "metrics" not in signature.hints:
        raise GanLabError(
            f"{words} adds to the measures of images by their features, and metric={chosen} has none of these: leave "
            "it out, or choose another metric"
        )
    if not in_use:
        raise GanLabError(
            f"{words} does nothing here, since no part in use takes metric: callbacks.evaluation uses it in a training"
        )


def refuse_measure(metric: Values, shape: Sequence[int], name: str, dataset: str) -> None:
    """Raises GanLabError for a measure of other data; `name` is what was chosen as metric, `dataset` as data."""
    points = str(metric["_target_"]).endswith(".PointMeasure")
    if points != (len(shape) != 3):
        kinds = (
            ("points", "images: use a metric of images, such as metric=random")
            if points
            else (
                "images",
                "points: use metric=points",
            )
        )
        raise GanLabError(f"metric={name} is for {kinds[0]}, and data={dataset} has {kinds[1]}")
    if not points:
        refuse_extractor(metric["extractor"], tuple(shape), f"metric={name}", dataset)


def refuse_extractor(extractor: Values, shape: tuple[int, ...], name: str, dataset: str) -> None:
    """Raises GanLabError for an extractor whose file is missing, or that takes other images."""
    kind = str(extractor["_target_"]).rpartition(".")[2]
    channels, *sides = shape
    if kind == "StackedFeatures":
        if channels != 3:
            raise GanLabError(
                f"{name} takes images of 3 channels with a digit each, not of {channels}, as data={dataset} has: use "
                "data=stacked_mnist, or metric=random"
            )
        refuse_extractor(extractor["digit"], (1, *sides), name, dataset)
    if kind == "TrainedFeatures":
        takes = shape_of_weights(trained_file(extractor["name"], extractor.get("folder")))
        if takes is not None and takes != shape:
            raise GanLabError(
                f"{name} takes images of shape {[*takes]}, and those of data={dataset} have {[*shape]}: use "
                "metric=random, or train an extractor for these data with python -m gan_lab.extractor"
            )
    if "weights" in extractor:
        published = PUBLISHED.get(kind)
        sentence = published and missing(extractor["weights"], extractor["sha256"], *published)
        if sentence:
            raise GanLabError(f"{name} needs published weights, and {sentence}")
        if channels not in (1, 3):
            raise GanLabError(f"{name} takes images of 1 or 3 channels, not of {channels}: use metric=random")
    if kind == "PixelFeatures" and channels * sides[0] * sides[1] > MOST_PIXELS:
        raise GanLabError(f"{name} takes images of up to {MOST_PIXELS} values: use metric=random")
    if kind == "RandomFeatures" and min(sides) < LEAST_SIDE:
        raise GanLabError(f"{name} takes images of {LEAST_SIDE}x{LEAST_SIDE} pixels or more: use metric=pixels")


@cache
def shape_of_weights(path: Path) -> tuple[int, ...] | None:
    """Returns the shape of the images that a trained extractor takes, None where the file does not say it."""
    with path.open("rb") as file:
        try:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, 1_000_000)))
            return tuple(json.loads(header["__metadata__"]["gan_lab"])["shape"])
        except (struct.error, ValueError, KeyError, TypeError, RecursionError):  # whoever loads it says what is wrong
            return None
