"""Small JSON files that say what was found, and where."""

import json
import os
import platform
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

import torch

from gan_lab.runs.atomic import write_whole

LIBRARIES = ("gan_lab", "torch", "lightning", "torchmetrics")


def write_json(path: Path, record: dict[str, Any]) -> None:
    """The file appears whole or not at all. JSON has no NaN and no infinity: null in their place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(without_nan(record), indent=2, allow_nan=False) + "\n")


def without_nan(value: Any) -> Any:
    """The same with None for whatever is not finite."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def machine(device: torch.device, processes: int = 1) -> dict[str, str | int]:
    """What a result was computed on."""
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "threads": torch.get_num_threads(),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "processes": processes,
    }


def versions(*more: str) -> dict[str, str]:
    """Of the libraries that decide numbers, and of those named."""
    return {name: version(name) for name in (*LIBRARIES, *more)}
