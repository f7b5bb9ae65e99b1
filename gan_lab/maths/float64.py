"""Where float64 is to be had."""

import torch


def with_float64(device: torch.device) -> torch.device:
    """Returns the device, or the CPU in place of Apple's GPUs, which have no float64."""
    return torch.device("cpu") if device.type == "mps" else device
