"""The options of the trainer and of TensorBoard with the values that they may have here. Imports no torch."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from gan_lab.domains import Domain, FolderPath, PositiveInt, shown
from gan_lab.errors import GanLabError


def numbers_devices(value: Any) -> bool:
    """Returns whether Lightning takes the value as a number of devices, or as a list of their indices."""
    if isinstance(value, list):
        return bool(value) and all(number >= 0 for number in value)
    if isinstance(value, str):
        return value == "auto" or all(part.strip().lstrip("-").isdigit() for part in value.split(","))
    return value >= 1 or value == -1


Devices = Annotated[
    int | list[int] | str, Domain("a number of devices, a list of their indices, -1 for all, or auto", numbers_devices)
]
TRAINER: dict[str, dict[str, Any]] = {
    "lightning.Trainer": {
        "accelerator": Literal["auto", "cpu", "gpu", "cuda", "mps"],
        "devices": Devices,
        "num_nodes": PositiveInt,
        "strategy": Literal["auto", "ddp", "ddp_find_unused_parameters_true"],
        "precision": Literal["auto", "32-true", "bf16-mixed"],
        "cuda_graph": bool,
        "deterministic": bool | Literal["warn"],
        "gradient_clip_val": None,
        "accumulate_grad_batches": Literal[1],
    },
    "lightning.pytorch.loggers.TensorBoardLogger": {
        **{"save_dir": FolderPath, "name": str | None, "version": int | str | None, "sub_dir": str | None},
        **{"log_graph": bool, "default_hp_metric": bool, "prefix": str},
    },
}
"""Lightning's own signature has more options, and wider types."""
FEWEST = 16
"""A machine may have so many devices, whatever the number of its CPU cores."""


def processes_per_node(devices: int | list[int] | str) -> int:
    """Returns the number of processes that the option starts on a machine, 1 where the machine decides."""
    if isinstance(devices, list):
        return len(devices)
    if isinstance(devices, str):
        parts = devices.split(",")
        return 1 if devices == "auto" else max(1, int(devices)) if len(parts) == 1 else len(parts)
    return max(1, devices)


def refuse_devices(trainer: Mapping[str, Any]) -> int:
    """Returns the number of processes of a run. Raises GanLabError for more than a machine can run, and for indices
    of CPUs."""
    devices, accelerator = trainer["devices"], trainer["accelerator"]
    if accelerator == "cpu" and devices != "auto" and not str(devices).isdigit():
        raise GanLabError(
            f"trainer.devices is {shown(devices)}, and on the CPU it must be a number of processes, or auto"
        )
    most = max(FEWEST, os.cpu_count() or 1)
    if processes_per_node(devices) > most:
        raise GanLabError(
            f"trainer.devices={devices} would start {processes_per_node(devices)} processes, and this machine runs at "
            f"most {most} of them: as many as it has CPU cores, or {FEWEST}"
        )
    return processes_per_node(devices) * int(trainer["num_nodes"])
