"""What `trainer.precision=auto` means."""

import os
import time

import torch

from gan_lab.distributed.environment import side_by_side

CHOSEN = "GAN_LAB_PRECISION"
"""The environment variable that tells the processes of a run what the first one chose."""

WORTH_IT = 1.3
"""How many times as fast half precision must be: what it saves in products it pays in conversions."""


def chosen_precision(device: torch.device) -> tuple[str, str]:
    """What `trainer.precision=auto` means on this machine, bf16-mixed or 32-true, and why.

    A GPU from Ampere on computes bfloat16 by its tensor cores. A processor is asked, by the products of a layer: those
    with AMX are many times as fast, others that know the type only half as fast as in float32, whatever they announce.
    The processes of one run must agree: the first one measures, those that it starts read what it chose, and those that
    a launcher started side by side take 32-true.
    """
    if device.type == "cuda":
        if torch.cuda.get_device_capability(device) >= (8, 0):
            return "bf16-mixed", "this GPU has tensor cores for bfloat16"
        return "32-true", "this GPU has no tensor cores for bfloat16"
    if CHOSEN in os.environ:
        return os.environ[CHOSEN], "as the first process chose"
    if side_by_side():
        return "32-true", "the processes of a run that a launcher starts cannot agree on a measurement"
    ratio = speedup_of_bfloat16()
    return "bf16-mixed" if ratio >= WORTH_IT else "32-true", f"bfloat16 products take {1 / ratio:.2f} of float32's time"


def speedup_of_bfloat16(repeats: int = 20) -> float:
    """How many times as fast as in float32 this processor multiplies 128x1024 by 1024x1024; the best of each counts."""
    best = {}
    for kind in (torch.float32, torch.bfloat16):
        left, right = torch.ones(128, 1024, dtype=kind), torch.ones(1024, 1024, dtype=kind)
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            left @ right
            seconds.append(time.perf_counter() - start)
        best[kind] = min(seconds)
    return best[torch.float32] / best[torch.bfloat16]
