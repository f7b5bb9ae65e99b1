"""python -m tests.benchmarks.training: how fast gan_lab trains, beside what one would write instead.

Sections, each of which replaces its part of outputs/reference/benchmark_training.json (`--sections`; all but `quality`
by default):

- `speed`: images per second of (a) a bare hand-written loop, (b) the script that users write and (c) `python -m
  gan_lab` as it comes but for evaluation, in turn; ratios within a pass. (a) and (b) are `tests.benchmarks.loops`.
  The networks are `mlp`, `dcgan` and, for WGAN-GP, those of PyTorch-GAN's wgan_gp.py (`pytorch_gan`).
- `floor`: what the processor could do at best: counted operations over its rate of matrix products, and where a round's
  time goes.
- `leads`: what single measures bring or cost to WGAN-GP's critic turn.
- `processes`: two processes of one thread beside one process of two and one of one.
- `shared`: two trainings at once beside one alone, as they come, with threads that spin, and with one thread each.
- `startup`: where the seconds before the first round go.
- `memory`: the most that a default run on MNIST ever holds.
- `quality`: FID after a fixed budget, five seeds, with an acceleration and without. Twenty minutes; resumable.

Only ratios within one pass mean something on a machine that others share. Needs MNIST (GAN_LAB_DATA).
"""

import argparse
import csv
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from tqdm import tqdm

from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import provenance
from gan_lab.runs.run_folder import RunFolder
from tests.benchmarks.floor import floor
from tests.benchmarks.leads import leads
from tests.benchmarks.loops.networks import OURS, OVERRIDES
from tests.benchmarks.loops.variants import PAIRS
from tests.benchmarks.startup import startup

RESULT = Path("outputs/reference/benchmark_training.json")
RUNS = Path("outputs/benchmark_training")  # of `quality`, kept until they are complete
ROOT = Path(os.environ.get("GAN_LAB_DATA", "data")).absolute()
WITHOUT_EVALUATION = ("data=mnist", "~callbacks.evaluation")
SEEDS = (1, 2, 3, 4, 5)
QUALITY: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "fused optimizer": (
        ("model=wgan_gp", "network=mlp", "generator_steps=400"),
        ("optimizer.fused=false",),
        ("optimizer.fused=true",),
    ),
    "bf16-mixed": (
        ("model=gan_r1", "network=dcgan", "generator_steps=250"),
        ("trainer.precision=32-true",),
        ("trainer.precision=bf16-mixed",),
    ),
}
"""By acceleration: the run, what the plain one adds to it and what the accelerated one adds."""


def python(*arguments: str, threads: int | None = None) -> str:
    """What `python -m ARGUMENTS` prints. Raises RuntimeError with its last words where it fails."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, env=with_threads(threads), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ends with status {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def with_threads(threads: int | None) -> dict[str, str]:
    """The environment of a process with so many threads; None: as many as torch takes."""
    return dict(os.environ) if threads is None else os.environ | {"OMP_NUM_THREADS": str(threads)}


def written_by_hand(way: str, variant: str, network: str, device: str, seconds: float, *more: str) -> dict[str, Any]:
    """What `tests.benchmarks.loops.run` measures."""
    options = ("--root", str(ROOT), "--seconds", str(seconds), "--device", device)
    return json.loads(python("tests.benchmarks.loops.run", way, variant, network, *options, *more).splitlines()[-1])


def of_gan_lab(
    seconds: float, *overrides: str, threads: int | None = None, variables: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Images per second of a run of full length that is interrupted after so many seconds of training.

    From the first line of metrics.csv to the end, so that a checkpoint, a picture and a line come as often as ever.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "gan_lab", *WITHOUT_EVALUATION, *overrides, f"hydra.run.dir={folder}/run"]
        with (Path(folder) / "said").open("w+") as said:
            process = subprocess.Popen(command, env={**with_threads(threads), **variables}, stdout=said, stderr=said)
            table, summary = Path(folder) / "run" / "metrics.csv", Path(folder) / "run" / "summary.json"
            while process.poll() is None and not table.is_file():
                time.sleep(0.1)
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            if process.wait() not in (128 + signal.SIGINT, 0):
                said.seek(0)
                raise RuntimeError(said.read()[-2000:])
        with table.open(newline="") as file:
            first = next(csv.DictReader(file))
        last = json.loads(summary.read_text())
    images, rounds = (last[name] - float(first[name]) for name in ("images_seen", "generator_steps"))
    elapsed = last["seconds"] - float(first["seconds"])
    return {"images_per_second": images / elapsed, "milliseconds_per_round": 1000 * elapsed / rounds}


def in_turn(ways: dict[str, Callable[[], dict[str, Any]]], repeats: int, beside: Sequence[str]) -> dict[str, Any]:
    """Each way's medians and, beside each of some others, the ratio of images per second: median, least and most."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            found[name].append(way())
    result: dict[str, Any] = {}
    for name, values in found.items():
        result[name] = {
            key: None if values[0][key] is None else round(statistics.median(value[key] for value in values), 3)
            for key in values[0]
        }
        for other in beside:
            ratios = [
                mine["images_per_second"] / theirs["images_per_second"]
                for mine, theirs in zip(values, found[other], strict=True)
            ]
            result[name][f"times_{other}"] = [round(f(ratios), 3) for f in (statistics.median, min, max)]
    return result


def speed(device: str, seconds: float, repeats: int) -> dict[str, Any]:
    """Every variant on its networks: (a), (b) and (c); WGAN-GP also in half precision, on a GPU as one graph."""
    accelerator = f"trainer.accelerator={'gpu' if device == 'cuda' else 'cpu'}"
    result = {}
    for variant, network in tqdm(PAIRS, "speed"):
        chosen = (f"model={variant}", *OVERRIDES[network], accelerator)

        def ours(*more: str, chosen: tuple[str, ...] = chosen) -> Callable[[], dict[str, Any]]:
            return lambda: of_gan_lab(seconds, *chosen, *more)

        def theirs(way: str, *more: str, of: tuple[str, str] = (variant, network)) -> Callable[[], dict[str, Any]]:
            return lambda: written_by_hand(way, *of, device, seconds, *more)

        ways = {"bare": theirs("bare"), "script": theirs("script"), "gan_lab": ours()}
        if variant == "wgan_gp":
            ways["bare, bf16"] = theirs("bare", "--bf16")
            ways["gan_lab, bf16"] = ours("trainer.precision=bf16-mixed")
        if device == "cuda":
            ways["gan_lab, graph"] = ours("trainer.cuda_graph=true")
        result[f"{variant}, {network}"] = in_turn(ways, repeats, ("bare", "script"))
    return result


def processes(seconds: float, repeats: int) -> dict[str, Any]:
    """Two processes of one thread each, beside one process of two threads and one of one."""
    result = {}
    for network in OURS:
        chosen = ("model=wgan_gp", f"network={network}", "trainer.accelerator=cpu")
        ways: dict[str, Callable[[], dict[str, Any]]] = {
            "one of one thread": partial(of_gan_lab, seconds, *chosen, threads=1),
            "one of two threads": partial(of_gan_lab, seconds, *chosen, threads=2),
            "two of one thread": partial(of_gan_lab, seconds, *chosen, "trainer.devices=2", threads=1),
        }
        result[f"wgan_gp, {network}"] = in_turn(ways, repeats, ("one of one thread",))
    result["evaluation"] = evaluation(repeats)
    return result


def shared(seconds: float, repeats: int) -> dict[str, Any]:
    """How many times as long a round takes as that of one training alone, as it comes, alone and beside another one."""
    chosen = ("model=wgan_gp", "network=mlp", "trainer.accelerator=cpu")
    settings: dict[str, dict[str, str]] = {
        "as it comes": {},
        "spinning as libgomp does": {"GOMP_SPINCOUNT": "300000"},
        "one thread": {"OMP_NUM_THREADS": "1"},
    }
    rounds: dict[str, list[float]] = {}
    for _ in range(repeats):
        for name, variables in settings.items():
            for many in (1, 2):
                with ThreadPoolExecutor(many) as together:
                    start = partial(of_gan_lab, seconds, *chosen, variables=variables)
                    runs = [together.submit(start) for _ in range(many)]
                    times = [run.result()["milliseconds_per_round"] for run in runs]
                rounds.setdefault(f"{name}, {'alone' if many == 1 else 'two at once'}", []).append(max(times))
    alone = rounds["as it comes, alone"]
    ratios = {name: [time / one for time, one in zip(times, alone, strict=True)] for name, times in rounds.items()}
    return {
        name: {
            "milliseconds_per_round": round(statistics.median(rounds[name]), 2),
            "times_alone": [round(f(values), 3) for f in (statistics.median, min, max)],
        }
        for name, values in ratios.items()
    }


def evaluation(repeats: int) -> dict[str, Any]:
    """The last evaluation of a run on MNIST, all its measures, by one process and by two, of one thread each."""
    seconds: dict[str, list[float]] = {"one": [], "two": []}
    with tempfile.TemporaryDirectory() as folder:
        for number in tqdm(range(repeats), "evaluation"):
            for devices, found in enumerate(seconds.values(), start=1):
                run = f"{folder}/{devices}_{number}"
                more = ("trainer.accelerator=cpu", f"trainer.devices={devices}", f"hydra.run.dir={run}")
                python("gan_lab", "data=mnist", "generator_steps=2", "callbacks.evaluation.times=1", *more, threads=1)
                found.append(json.loads(Path(run, "summary.json").read_text())["evaluation_seconds"]["final"])
    ratio = statistics.median(one / two for one, two in zip(*seconds.values(), strict=True))
    return {"seconds": seconds, "times_one": round(ratio, 2)}


def memory() -> dict[str, Any]:
    """The peak resident megabytes of a default run on MNIST with its evaluations, only shorter."""
    arguments = ("gan_lab", "data=mnist", "generator_steps=100")
    with tempfile.TemporaryDirectory() as folder:
        python(*arguments, f"hydra.run.dir={folder}/run")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of the largest child so far
    return {"command": " ".join(("python -m", *arguments)), "peak_megabytes": round(peak)}


def quality() -> dict[str, Any]:
    """By acceleration: FID of every seed without and with it, the means, and how far these are from each other."""
    result = {}
    for name, (run, plain, accelerated) in QUALITY.items():
        found: dict[str, list[float]] = {}
        for side, more in (("plain", plain), ("accelerated", accelerated)):
            found[side] = [fid(f"{name}_{side}_{seed}", seed, *run, *more) for seed in tqdm(SEEDS, f"{name}, {side}")]
        means = {side: statistics.mean(values) for side, values in found.items()}
        error = sum(statistics.variance(values) / len(values) for values in found.values()) ** 0.5
        result[name] = {
            "command": " ".join(("python -m gan_lab data=mnist", *run)),
            **{f"{side}_adds": " ".join(more) for side, more in (("plain", plain), ("accelerated", accelerated))},
            "fid": {side: [round(value, 2) for value in values] for side, values in found.items()},
            "mean": {side: round(value, 2) for side, value in means.items()},
            "standard_error_of_difference": round(error, 2),
            "difference_in_standard_errors": round((means["accelerated"] - means["plain"]) / error, 2),
        }
    return result


def fid(name: str, seed: int, *overrides: str) -> float:
    """The last FID of a run, which is trained where it is not there yet."""
    run = RunFolder(RUNS / name.replace(" ", "_"))
    if run.read_summary().get("status") != "finished":
        more = (f"seed={seed}", "callbacks.evaluation.times=1", "callbacks.checkpoints.times=1")
        afresh = ("data=mnist", *overrides, *more, f"hydra.run.dir={run.path}")
        python("gan_lab", *((f"resume={run.path}",) if run.resumable else afresh))
    return run.read_summary()["measures"]["last"]["fid"]


def processor() -> str:
    """Its name, and what it knows of bfloat16."""
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    values = {key.strip(): value.strip() for key, value in lines.items()}
    known = [flag for flag in ("avx512_bf16", "amx_bf16") if flag in values.get("flags", "").split()]
    return " ".join([values.get("model name", "unknown"), *known])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sections = (
        "memory",
        "speed",
        "floor",
        "leads",
        "processes",
        "shared",
        "startup",
        "quality",
    )  # memory: before other children
    parser.add_argument("--sections", nargs="+", choices=sections, default=sections[:-1])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    timing = (options.seconds, options.repeats)
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "memory": memory,
        "speed": lambda: speed(options.device, *timing),
        "floor": lambda: floor(torch.device(options.device)),
        "leads": lambda: leads(torch.device(options.device)),
        "processes": lambda: processes(*timing),
        "shared": lambda: shared(*timing),
        "startup": lambda: startup(options.repeats),
        "quality": quality,
    }
    path = RESULT if options.device == "cpu" else RESULT.with_stem(f"{RESULT.stem}_{options.device}")
    for section in sections:
        if section not in options.sections:
            continue
        found = {
            "command": f"python -m tests.benchmarks.training --sections {section} --device {options.device} "
            f"--seconds {options.seconds:g} --repeats {options.repeats}",
            "processor": processor(),
            **provenance(torch.device(options.device)),
            "results": ways[section](),
        }
        record = json.loads(path.read_text()) if path.is_file() else {}
        write_json(path, record | {section: found})
        print(json.dumps(found["results"], indent=1))
    print(f"result: {path}")


if __name__ == "__main__":
    main()
