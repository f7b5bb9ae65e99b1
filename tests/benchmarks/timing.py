"""Timing several ways to do one thing, side by side."""

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm


def side_by_side(ways: Mapping[str, Callable[[], object]], repeats: int, what: str) -> dict[str, list[float]]:
    """Seconds of each way, in turn, `repeats` times: what disturbs the machine for a while disturbs all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in tqdm(range(repeats), what):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def summary(seconds: Mapping[str, list[float]], ours: str) -> dict[str, Any]:
    """By way: the median seconds, all of them, and how many times as long as `ours` it took in the same round (median,
    least and most)."""
    result = {}
    for name, values in seconds.items():
        ratios = [theirs / mine for theirs, mine in zip(values, seconds[ours], strict=True)]
        result[name] = {
            "seconds": round(statistics.median(values), 4),
            "all_seconds": [round(value, 4) for value in values],
            "times_ours": [round(f(ratios), 3) for f in (statistics.median, min, max)],
        }
    return result


def peak_megabytes() -> float:
    """The most memory that this process ever held. What `getrusage` says may be its parent's, who started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("only Linux tells")
