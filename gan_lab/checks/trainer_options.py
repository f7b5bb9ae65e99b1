"""The options of conf/trainer with the values that alternating players allow. Imports no torch."""

from typing import Annotated, Any, Literal

from gan_lab.domains import Domain, PositiveInt


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
    }
}
"""Lightning's own signature has more options, and wider types."""
