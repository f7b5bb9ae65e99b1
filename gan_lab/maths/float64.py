"""Where float64 is to be had."""

import torch
from torch import Tensor

WITHOUT = frozenset({"mps"})
"""The kinds of devices that have no float64: Apple's GPUs."""


def with_float64(device: torch.device) -> torch.device:
    """Returns the device, or the CPU in place of one that has no float64."""
    return torch.device("cpu") if device.type in WITHOUT else device


def double(values: Tensor) -> Tensor:
    """Returns the values in float64, on the CPU where their device has none."""
    return values.to(with_float64(values.device)).double()


def on(device: torch.device, values: Tensor) -> Tensor:
    """Returns values of float64 on a device, in float32 where that has no float64."""
    return values.to(device) if with_float64(device) == device else values.float().to(device)
