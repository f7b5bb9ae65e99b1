"""What an extractor can be trained on, and where its weights lie. Imports no torch."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.trained_files import SHIPPED
from gan_lab.trust.home import expanded

NAME = r"[A-Za-z][A-Za-z0-9._-]*"


def refuse_data(shape: Sequence[int], classes: int) -> None:
    """Raises GanLabError for points, and for images that are all of one class."""
    if len(shape) != 3:
        raise GanLabError("an extractor is trained on images, and these data are points")
    if classes == 1:
        raise GanLabError("these data have only one class: data.num_classes=0 trains an extractor without labels")


def weights_path(config: dict[str, Any]) -> Path:
    """Returns the path of the weights. Raises GanLabError for a name that is not allowed or taken."""
    name = config["name"]
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        raise GanLabError(
            f"name={name} must begin with a letter and contain only letters, digits and .-_, as in fashioncnn-v1"
        )
    weights = expanded(config["folder"]).absolute() / f"{name}.safetensors"
    for path in (weights, SHIPPED / weights.name):
        if path.exists():
            raise GanLabError(f"{path} exists, and results may have been measured with it: choose another name")
    return weights
