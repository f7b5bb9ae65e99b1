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
    refuse_missing_labels(config)
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
