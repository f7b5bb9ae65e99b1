"""Chooses the precision for `trainer.precision=auto`."""

import os
import time
from collections.abc import Callable
from functools import partial

import torch

from gan_lab.distributed.environment import side_by_side

CHOSEN = "GAN_LAB_PRECISION"
"""The environment variable that tells the processes of a run what the first one chose."""

WORTH_IT = 1.3
"""The least speed-up of matrix products that makes half precision worth its conversions."""


def chosen_precision(device: torch.device) -> tuple[str, str]:
    """Returns the precision that suits this machine, bf16-mixed or 32-true, and the reason.

    GPUs from Ampere on have tensor cores for bfloat16. On a CPU we time the matrix products of a layer: CPUs with AMX
    are many times faster in bfloat16, others that support the type only half as fast as in float32. The processes of
    one run must agree: the first one measures, those that it starts read its choice, and those that a launcher starts
    use 32-true.
    """
    if device.type == "cuda":
        return precision_of_gpu(torch.cuda.get_device_capability(device))
    if CHOSEN in os.environ:
        return os.environ[CHOSEN], "the first process chose it"
    if side_by_side():
        return "32-true", "processes that a launcher starts cannot share a measurement"
    ratio = speedup_of_bfloat16()
    reason = f"matrix products in bfloat16 take {1 / ratio:.2f} times as long as in float32"
    return "bf16-mixed" if ratio >= WORTH_IT else "32-true", reason


def precision_of_gpu(capability: tuple[int, int]) -> tuple[str, str]:
    """Returns the precision for a GPU of this CUDA capability, and the reason; Ampere is (8, 0)."""
    if capability >= (8, 0):
        return "bf16-mixed", "this GPU has tensor cores for bfloat16"
    return "32-true", "this GPU has no tensor cores for bfloat16"


def speedup_of_bfloat16() -> float:
    """Returns the speed-up of bfloat16 over float32 for products of 128x1024 and 1024x1024, from the best of 20."""
    sides = {
        kind: (torch.ones(128, 1024, dtype=kind), torch.ones(1024, 1024, dtype=kind))
        for kind in (torch.float32, torch.bfloat16)
    }
    best = {kind: least_seconds(partial(torch.matmul, left, right), 20) for kind, (left, right) in sides.items()}
    return best[torch.float32] / best[torch.bfloat16]


def least_seconds(work: Callable[[], object], repeats: int) -> float:
    """Returns the time of the fastest of so many runs."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
