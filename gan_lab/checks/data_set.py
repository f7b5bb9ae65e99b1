"""Checks that data are what the name of their set says, and that batches fit them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from gan_lab.checks.effect import given
from gan_lab.config.choices import meant
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import plain
from gan_lab.data.folder_classes import image_files, no_image
from gan_lab.data.folder_parts import LEAST, folder_parts, too_few
from gan_lab.data.patch_places import crops_of
from gan_lab.data.point_file import read_points
from gan_lab.errors import GanLabError
from gan_lab.trust.home import expanded

FACTS = ("_target_", "source", "shape", "num_classes")
"""Keys of a data set that are no options: with another value it would be another data set."""
POINTS = 50_000
OFFICIAL = {"MNIST": 60_000, "FashionMNIST": 60_000, "KMNIST": 60_000, "CIFAR10": 50_000, "SVHN": 73_257}
"""The official training images of data sets of which some are set aside for validation."""
FACES = 162_770
TRAINING = {"Digits": 997, "Ring": POINTS, "Grid": POINTS, "SwissRoll": POINTS, "PointMass": POINTS}
"""The training samples of the data sets of which nothing changes their number."""


def choice_of(group: str, config: DictConfig) -> str:
    """Returns what was chosen of a group."""
    hydra = config.hydra if "hydra" in config else HydraConfig.get()
    return str(hydra.runtime.choices[group])


@contextmanager
def before_hydra() -> Iterator[None]:
    """Lets another configuration be composed while Hydra runs a job, which it refuses otherwise."""
    running, GlobalHydra.instance().hydra = GlobalHydra.instance().hydra, None
    try:
        yield
    finally:
        GlobalHydra.instance().hydra = running  # the instance is another one by now


def refuse_few_samples(data: Mapping[str, Any]) -> None:
    """Raises GanLabError for a folder without images, a file that holds no points, and too few of either."""
    parts = parts_of(data)
    if parts is None or min(parts) >= LEAST:
        return
    count, place = sum(parts), data.get("root", data.get("path"))
    if count == 0 and "root" in data:
        raise GanLabError(no_image(Path(place), data.get("links", False)))
    what = "images" if "root" in data else "points"
    raise GanLabError(too_few(f"the {count} {what}", str(place), parts, what))


def refuse_other_facts(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError where an override makes the data another set than the chosen one."""
    words = {key: word for key, word in given(overrides).items() if key.startswith("data.")}
    facts = [fact for fact in FACTS if f"data.{fact}" in words]
    name = choice_of("data", config)
    options = [word for key, word in words.items() if key.removeprefix("data.") not in facts]
    try:
        with before_hydra():
            own = composition("config", (f"data={name}", *options)).data if facts else {}
        true = {fact: plain(own.get(fact)) for fact in facts}
    except (HydraException, OmegaConfBaseException):  # a choice from elsewhere
        return
    for fact in facts:
        word, value = words[f"data.{fact}"], plain(config.data[fact])
        if value == true[fact] or (fact == "num_classes" and value == 0):
            continue
        if fact == "num_classes":
            raise GanLabError(f"{word} cannot be, since data={name} has {true[fact]} classes: 0 trains without labels")
        if fact == "shape":
            followed = " and ".join(f"data.{key}" for key in ("image_size", "channels") if key in own)
            own_options = f": set {followed}" if followed else ""
            raise GanLabError(
                f"{word} cannot be, since the samples of data={name} have the shape {true[fact]}, which follows from "
                f"the data{own_options}"
            )
        other = meant("data", str(value)) or "data=NAME"
        raise GanLabError(f"{word} makes these other data under the name of data={name}: use {other}")


def parts_of(data: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Returns how many samples of a folder or file of one's own are for training, for validation and for test; None for
    other data. Raises GanLabError for a file that holds no points."""
    counts = {
        "gan_lab.data.folder.Folder": lambda: len(image_files(expanded(data["root"]), data.get("links", False))),
        "gan_lab.data.point_set.PointSet": lambda: len(read_points(data["path"])),
    }
    if data["_target_"] not in counts:
        return None
    return folder_parts(counts[data["_target_"]](), data["validation_fraction"], data["test_fraction"])


def training_samples(data: Mapping[str, Any]) -> int | None:
    """Returns how many training samples a data set has at most, None where that is not known without loading it."""
    kind = str(data["_target_"]).rpartition(".")[2]
    if kind in ("MNIST", "ColourSet"):
        there = OFFICIAL[data["source"]] - int(data["validation_size"])
        return min(there, int(data.get("train_size") or there))
    if kind == "CelebA":
        return min(FACES, int(data["train_size"] or FACES))
    if kind == "Patches":
        return crops_of("train", data["image_size"], data["stride"])
    if kind == "StackedMNIST":
        return int(data["train_images"])
    parts = parts_of(data)
    return TRAINING.get(kind) if parts is None else parts[0]


def refuse_batch(data: Mapping[str, Any], processes: int, packing: int, pairs: bool = False) -> None:
    """Raises GanLabError for a batch that is larger than the training data, that cannot be divided, or that has no two
    samples (or packs) on each process for a loss that compares `pairs`."""
    size, there = data["batch_size"], training_samples(data)
    if there is not None and there < 1:
        raise GanLabError(
            f"data.validation_size={data['validation_size']} must be at least 1 and less than the "
            f"{OFFICIAL[data['source']]:,} training images"
        )
    if size is None:
        return
    if there is not None and size > there:
        raise GanLabError(
            f"data.batch_size={size} must be at least 1 and at most {there}, the number of training samples"
        )
    if size % processes:
        raise GanLabError(
            f"data.batch_size={size} is shared by all processes and must be a multiple of their number, {processes}"
        )
    if size // processes % packing:
        raise GanLabError(f"a batch of {size // processes} cannot be divided into packs of {packing}")
    if pairs and size // processes // packing < 2:
        raise GanLabError(
            f"this loss compares pairs of samples, and data.batch_size={size} leaves each process no pair: it must be "
            f"at least {2 * packing * processes}"
        )
