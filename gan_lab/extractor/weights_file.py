"""Where the weights of a trained extractor lie. Imports no torch."""

import re
from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.trained_files import SHIPPED
from gan_lab.trust.home import expanded

NAME = r"[A-Za-z][A-Za-z0-9._-]*"


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
