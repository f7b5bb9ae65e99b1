"""The machine and the versions of libraries that a result was computed with."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import torch

from gan_lab import __version__

LIBRARIES = ("torch", "lightning", "torchmetrics")


def provenance(device: torch.device, processes: int = 1, libraries: Sequence[str] = ()) -> dict[str, Any]:
    """Returns `machine` and `versions`, which every record ends with; `libraries` names additional libraries."""
    versions = {"gan_lab": __version__} | {name: version(name) for name in (*LIBRARIES, *libraries)}
    return {"machine": machine(device, processes), "versions": versions}


def machine(device: torch.device, processes: int) -> dict[str, str | int]:
    """Returns a description of the machine; `threads` are those of torch in one process."""
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "threads": torch.get_num_threads(),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "processes": processes,
    }
