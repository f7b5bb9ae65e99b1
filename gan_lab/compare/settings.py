"""The configuration of a run as dotted keys, without its machine, paths and display."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from gan_lab.trust.foreign import Loader
from gan_lab.trust.lenient import tamed

Settings = dict[str, Any]

LEFT_OUT = (
    *("run_dir", "overrides", "name", "resume", "search", "hydra", "loggers"),
    "flow",  # of which a model that uses it has a copy
    *(
        f"callbacks.{name}"
        for name in (
            *("progress", "terms", "image_samples", "point_samples", "replay"),
            *("summary", "checkpoints", "figures", "report", "doctor", "pruning"),
        )
    ),
)
"""Parts that do not affect the results of a finished run."""
OWN_DATA = (("data.root", "folder"), ("data.path", "points"))
"""Paths that say which data they are."""
PATHS = ("run_dir", "root", "path", "cache_dir", "folder", "weights")
"""Last parts of keys that are paths. The protocol has hashes of what lies there."""


def flattened(node: Mapping[str, Any], prefix: str = "") -> Settings:
    """Returns {"model": {"loss": {"weight": 3}}} as {"model.loss.weight": 3}. A list is one value."""
    flat: Settings = {}
    for key, value in node.items():
        if isinstance(value, dict):
            flat |= flattened(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def settings_of(config: Mapping[str, Any]) -> Settings:
    """Returns the settings that may affect results. The root of a folder of images is kept, as it identifies the
    data."""
    flat = flattened(config)
    run_dir = str(config.get("run_dir", ""))
    return {
        key: value
        for key, value in flat.items()
        if not any(key == left_out or key.startswith(f"{left_out}.") for left_out in LEFT_OUT)
        and (key.rpartition(".")[2] not in PATHS or (key, flat.get("dataset")) in OWN_DATA)
        and not (run_dir and isinstance(value, str) and run_dir in value)
    }


def settings_of_command(command: str) -> Settings:
    """Returns the settings of a command line such as `python -m gan_lab model=gan epochs=5`."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    pairs = [word.lstrip("+").split("=", 1) for word in words if "=" in word]
    given = {key: plain(value) for key, value in pairs if key not in ("model", "data", "dataset", "variant", "seed")}
    return settings_of(given)


def plain(text: str) -> Any:
    """Returns a value of the command line as a number, list or text."""
    try:
        return tamed(float(text) if "e" in text.lower() else yaml.load(text, Loader))
    except (ValueError, RecursionError, yaml.YAMLError):
        return text


def canonical(value: Any) -> str:
    """Returns a text that is equal for equal values: 10 is 10.0, and true is not 1."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value))
    if isinstance(value, list):
        return f"[{', '.join(canonical(item) for item in value)}]"
    return json.dumps(value, sort_keys=True, default=str)
