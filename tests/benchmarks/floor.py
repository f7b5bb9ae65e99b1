"""What a round of training costs at least, and where its time goes."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from tqdm import tqdm

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.model.base import AdversarialModule
from gan_lab.training.memory import keep_freed_memory
from tests.benchmarks.loops.networks import OVERRIDES
from tests.benchmarks.loops.variants import PAIRS
from tests.short_runs import trainer

KINDS = {
    "matrix products": ("aten::mm", "aten::addmm", "aten::bmm"),
    "convolutions": ("convolution",),
    "optimizer": ("_fused_adam_", "Optimizer"),
    "sums of gradients": ("aten::add", "aten::add_"),
}


def floor(device: torch.device) -> dict[str, Any]:
    """By variant and network: a round's operations, the milliseconds that these take at the machine's rates, those that
    it takes, and the shares of its time."""
    keep_freed_memory()
    rates = {str(kind).removeprefix("torch."): rate(kind, device) for kind in (torch.float32, torch.bfloat16)}
    result: dict[str, Any] = {"giga_operations_per_second": {kind: round(value / 1e9) for kind, value in rates.items()}}
    for variant, network in tqdm(PAIRS, "floor"):
        parts = compose_config(f"model={variant}", *OVERRIDES[network], "data=mnist")
        data: DataModule = build(parts["data"], "data")
        data.setup()
        model: AdversarialModule = build(parts["model"], "model")
        operations = counted(model, data, device)
        result[f"{variant}, {network}"] = {
            "giga_operations": round(operations / 1e9, 2),
            "floor_milliseconds": {kind: round(1000 * operations / r, 1) for kind, r in rates.items()},
            **times(model, data, device),
        }
    return result


def rate(kind: torch.dtype, device: torch.device, size: int = 2048, repeats: int = 7) -> float:
    """Operations per second in a product of square matrices; the best counts."""
    left = torch.ones(size, size, dtype=kind, device=device)
    synchronise: Callable[[], None] = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    seconds = []
    for _ in range(repeats):
        synchronise()
        start = time.perf_counter()
        left @ left
        synchronise()
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / min(seconds)


def play(model: AdversarialModule, data: DataModule, device: torch.device, rounds: int) -> None:
    """So many further rounds."""
    model.run_length = model.generator_steps + rounds
    trainer(accelerator="gpu" if device.type == "cuda" else "cpu", devices=1).fit(model, datamodule=data)


def counted(model: AdversarialModule, data: DataModule, device: torch.device) -> int:
    """Floating-point operations of a round's products and convolutions, those of both orders of gradients included."""
    with Operations() as counter:
        play(model, data, device, 1)
    return counter.total


class Operations(TorchDispatchMode):
    """Counts by torch's own table; its FlopCounterMode cannot follow a gradient of a gradient."""

    total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.total += count(*args, **(kwargs or {}), out_val=result)
        return result


def times(model: AdversarialModule, data: DataModule, device: torch.device, rounds: int = 20) -> dict[str, Any]:
    """The median milliseconds of a round, the share of its time in which a GPU computes, and those of what it does."""
    seconds: list[float] = []
    play_round = model.play_round
    on_gpu = device.type == "cuda"

    def timed(batches: Any) -> None:
        start = time.perf_counter()
        play_round(batches)
        if on_gpu:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)

    model.play_round = timed  # type: ignore[method-assign]
    play(model, data, device, rounds)
    milliseconds = 1000 * statistics.median(seconds[5:])
    seconds.clear()
    with profile(activities=[ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]) as profiled:
        play(model, data, device, 5)
    model.play_round = play_round  # type: ignore[method-assign]
    events = profiled.key_averages()
    total = sum(event.self_cpu_time_total for event in events)
    shares = {
        kind: sum(event.self_cpu_time_total for event in events if is_one_of(event.key, names)) / total
        for kind, names in KINDS.items()
    }
    shares["everything else"] = 1 - sum(shares.values())
    return {
        "milliseconds": round(milliseconds, 1),
        "gpu_busy": sum(e.self_device_time_total for e in events) / 1e6 / sum(seconds) if on_gpu else None,
        "shares_of_profiled_time": {kind: round(share, 3) for kind, share in shares.items()},
    }


def is_one_of(event: str, names: tuple[str, ...]) -> bool:
    """Whether an operation has one of the names, or a part of torch's internals one in its own."""
    return event in names or any(name in event for name in names if not name.startswith("aten::"))
