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
from gan_lab.data.folder_parts import LEAST, folder_parts
from gan_lab.errors import GanLabError
from gan_lab.trust.home import expanded

FACTS = ("_target_", "source", "shape", "num_classes")
"""Keys of a data set that are no options: with another value it would be another data set."""
POINTS, IDX_IMAGES = 50_000, 60_000
TRAINING = {"Digits": 997, "Ring": POINTS, "Grid": POINTS, "SwissRoll": POINTS}
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


def refuse_few_images(data: Mapping[str, Any]) -> None:
    """Raises GanLabError for a folder without images, or with too few."""
    parts = parts_of(data)
    if parts is None or min(parts) >= LEAST:
        return
    images, root = sum(parts), data["root"]
    if images == 0:
        raise GanLabError(no_image(Path(root), data.get("links", False)))
    raise GanLabError(
        f"the {images} images in {root} would give {max(parts[0], 0)} for training, {parts[1]} for validation and "
        f"{parts[2]} for test, but each needs {LEAST} or more: add images, or set data.validation_fraction and "
        "data.test_fraction"
    )


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
            folder = ": set data.image_size and data.channels" if "image_size" in own else ""
            raise GanLabError(
                f"{word} cannot be, since the samples of data={name} have the shape {true[fact]}, which follows from "
                f"the data{folder}"
            )
        other = meant("data", str(value)) or "data=NAME"
        raise GanLabError(f"{word} makes these other data under the name of data={name}: use {other}")


def parts_of(data: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Returns how many images of a folder are for training, for validation and for test; None for other data."""
    if data["_target_"] != "gan_lab.data.folder.Folder":
        return None
    images = len(image_files(expanded(data["root"]), data.get("links", False)))
    return folder_parts(images, data["validation_fraction"], data["test_fraction"])


def training_samples(data: Mapping[str, Any]) -> int | None:
    """Returns how many training samples a data set has at most, None where that is not known without loading it."""
    kind = str(data["_target_"]).rpartition(".")[2]
    if kind == "MNIST":
        return IDX_IMAGES - int(data["validation_size"])
    if kind == "StackedMNIST":
        return int(data["train_images"])
    parts = parts_of(data)
    return TRAINING.get(kind) if parts is None else parts[0]


def refuse_batch(data: Mapping[str, Any], processes: int, packing: int) -> None:
    """Raises GanLabError for a batch that is larger than the training data, or that cannot be divided."""
    size, there = data["batch_size"], training_samples(data)
    if there is not None and there < 1:
        raise GanLabError(
            f"data.validation_size={data['validation_size']} must be at least 1 and less than the {IDX_IMAGES:,} "
            "training images"
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
