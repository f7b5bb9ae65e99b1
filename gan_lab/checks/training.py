"""Checks the configuration of a training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.length import LENGTHS, check_length
from gan_lab.data.folder_classes import image_files
from gan_lab.errors import GanLabError

USED: dict[str, Any] = {
    **dict.fromkeys(("model", "data", "trainer", "callbacks", "loggers"), Any),
    **{"seed": int, "resume": str | None},
    **LENGTHS,
}
"""What a training uses of its configuration, with the types of what is no configuration of an object."""


def check_training(config: DictConfig, overrides: Sequence[str], search: bool = False) -> None:
    """Raises GanLabError for everything about a configuration that cannot be right, as far as it shows without torch.

    `overrides` are those of the command line. In a `search`, the space to search is used too.
    """
    check_length(config, overrides)
    refuse_incomplete(config)
    refuse_missing_labels(config)
    if not search and "pruning" in config.callbacks:
        raise GanLabError("callback=pruning stops runs of a search that are behind others: it is for -m sweep=search")
    check_composed(config, overrides, USED | ({"search": dict | None} if search else {}))
    root = OmegaConf.select(config, "data.root")
    if config.data._target_ == "gan_lab.data.folder.Folder" and not image_files(Path(root).expanduser()):
        raise GanLabError(
            f"no image was found in {root}: set data.root to a folder of images, or use data=digits, which needs none"
        )


def refuse_missing_labels(config: DictConfig) -> None:
    """Raises GanLabError where a model has a part for each class, and the data have no classes."""
    model = OmegaConf.to_container(config.model, resolve=False)
    if "${data.num_classes}" in str(model) and config.data.num_classes == 0:
        raise GanLabError("this model needs class labels, but these data have none: set data= to a set with classes")


def refuse_incomplete(config: DictConfig) -> None:
    """Raises GanLabError for callbacks and loggers that are no objects, and for pictures of what the data are not."""
    for part, choice in (("callbacks", "callback=[NAME]"), ("loggers", "logger=NAME")):
        entries = config[part]
        if not isinstance(entries, DictConfig):
            raise GanLabError(f"{part} must have an entry for each: {choice} chooses them")
        for name, entry in entries.items():
            if not isinstance(entry, DictConfig) or "_target_" not in entry:
                raise GanLabError(f"{part}.{name!s} is no whole object: {choice} adds one, ~{part}.NAME removes one")
    shape = OmegaConf.select(config, "data.shape")
    for name, size, others in (("image_samples", 3, "point_samples"), ("point_samples", 1, "image_samples")):
        if name in config.callbacks and len(shape) != size:
            raise GanLabError(f"callback={name} cannot draw these data, whose shape is {[*shape]}: use {others}")
