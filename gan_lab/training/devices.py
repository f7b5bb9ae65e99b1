"""Which devices a run computes on, and by how many processes."""

from collections.abc import Mapping
from typing import Any

import torch

from gan_lab.checks.trainer_options import numbers_devices, processes_per_node
from gan_lab.errors import GanLabError


def chosen_accelerator(trainer: Mapping[str, Any]) -> str:
    """Returns Lightning's name of the accelerator; `auto` is an NVIDIA GPU where there is one, otherwise the CPU.

    Raises GanLabError where Apple's GPUs are to compute deterministically, which they cannot: torch has no sum of
    gradients of indexed values in a fixed order for them.
    """
    name: str = trainer["accelerator"]
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    apple = name == "mps" or (name == "gpu" and not torch.cuda.is_available())
    if apple and torch.backends.mps.is_available() and trainer["deterministic"] is True:
        raise GanLabError(
            f"trainer.accelerator={name}: Apple's GPUs cannot sum gradients in a fixed order: set "
            "trainer.deterministic=false, or use trainer.accelerator=cpu"
        )
    return name


def several_processes(trainer: Mapping[str, Any]) -> bool:
    """Returns whether a run with these options, its accelerator chosen, has more than one process."""
    devices = trainer["devices"]
    if devices in ("auto", -1, "-1"):  # all GPUs, or one process where there is none
        devices = torch.cuda.device_count() if trainer["accelerator"] in ("cuda", "gpu") else 1
    several = numbers_devices(devices) and processes_per_node(devices) > 1  # Lightning refuses what is no number
    return several or trainer["num_nodes"] > 1


def device_error(message: str, trainer: Mapping[str, Any]) -> str | None:
    """Returns a sentence for Lightning's message that devices are missing, None for any other message."""
    if "No supported gpu backend" in message or "is not available" in message:
        return (
            f"trainer.accelerator={trainer['accelerator']} needs a GPU that torch can use, and there is none here: "
            "use trainer.accelerator=cpu"
        )
    if "your machine only has" in message:
        return (
            f"trainer.devices={trainer['devices']} asks for more GPUs than there are, and torch finds "
            f"{torch.cuda.device_count()} here: ask for fewer, or use trainer.accelerator=cpu, on which devices are "
            "processes"
        )
    return None
