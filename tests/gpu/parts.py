"""python -m tests.gpu.parts NAME DEVICE LONG|SHORT SECONDS: one part of `python -m tests.gpu`, which starts it.

Prints what it found as lines of JSON, each in the place of the one before.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch

from gan_lab.runs.provenance import provenance
from gan_lab.runs.run_folder import RunFolder
from tests.benchmarks.training import of_gan_lab, written_by_hand
from tests.commands import REPOSITORY
from tests.versions import outcome

FOLDER = Path("outputs/gpu")
TO_LEAVE = 15.0
"""Seconds that an interrupted run needs for its last files."""
SHORT_RUN = (
    *("data=digits", "generator_steps=3", "callbacks.evaluation.n=60", "callbacks.image_samples.times=1"),
    "~callbacks.figures",
    "~callbacks.report",
)
Found = Iterator[dict[str, Any]]
TOLD = ("status", "generator_steps", "length", "seconds", "evaluation_seconds", "measures")


def machine(device: str, short: bool, seconds: float) -> Found:
    """What a record begins with. Ends the process where there is no such device."""
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("torch finds no NVIDIA GPU here, and nothing else is measured")
    yield {**provenance(torch.device(device)), "cuda": torch.version.cuda}


def tests(device: str, short: bool, seconds: float) -> Found:
    """The tests that need a GPU. Each is named as it ends: the last words of a stopped part say how far it came."""
    report = (FOLDER / "tests.xml").absolute()
    report.unlink(missing_ok=True)
    chosen = ("-k", "convolutions") if short else ()
    command = (sys.executable, "-m", "pytest", "-v", "-m", "gpu", "tests/gpu", *chosen, f"--junitxml={report}")
    subprocess.run(command, cwd=REPOSITORY, stdout=sys.stderr, check=False)
    found = outcome(report)
    yield found
    if found["failed"] or not found["passed"]:
        sys.exit("not all tests passed")


def best_mnist(precision: str, device: str, short: bool, seconds: float) -> Found:
    """The recipe as a user trains it, with FID; interrupted near the end of its time."""
    end = time.monotonic() + seconds - TO_LEAVE
    folder = run_of(precision)
    shutil.rmtree(folder, ignore_errors=True)  # so that nothing is told of an earlier run
    options = ["experiment=best_mnist", f"trainer.precision={precision}", accelerator(device), *(SHORT_RUN * short)]
    command = (sys.executable, "-m", "gan_lab", *options, f"hydra.run.dir={folder}")
    process = subprocess.Popen(command, stdout=sys.stderr)
    try:
        process.wait(max(1.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait()
    summary = RunFolder(folder).read_summary()
    yield {"command": " ".join(("python -m gan_lab", *options)), **{name: summary.get(name) for name in TOLD}}
    if summary.get("status") not in ("finished", "interrupted"):
        sys.exit("the run failed, or its time ended before its first step")


def evaluate(device: str, short: bool, seconds: float) -> Found:
    """The run in float32, measured on the test images with the protocol of the table."""
    options = [str(run_of("32-true")), f"device={device}", *(["n=60"] * short)]
    folder = FOLDER / "evaluate"
    shutil.rmtree(folder, ignore_errors=True)
    command = (sys.executable, "-m", "gan_lab.evaluate", *options, f"hydra.run.dir={folder}")
    subprocess.run(command, stdout=sys.stderr, check=True)
    record = json.loads((folder / "evaluation.json").read_text())
    measures = {side: record["measures"][side] for side in ("generated", "floor")}
    told = {name: record[name] for name in ("protocol", "seconds", "machine")}
    yield {"command": " ".join(("python -m gan_lab.evaluate", *options)), "measures": measures, **told}


def speed(variant: str, network: str, device: str, short: bool, seconds: float) -> Found:
    """Images per second of the script that users write, a bare loop, gan_lab as it comes, and as one graph.

    Each is a process of its own, and one that fails does not stop the others.
    """
    each = 1.0 if short else 4.0
    chosen = (f"model={variant}", f"network={network}", accelerator(device))

    def by_hand(way: str) -> dict[str, Any]:
        return written_by_hand(way, variant, network, device, each, "--no-profile")

    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "script": lambda: by_hand("script"),
        "bare": lambda: by_hand("bare"),
        "gan_lab": lambda: of_gan_lab(each, *chosen),
        "gan_lab, graph": lambda: of_gan_lab(each, *chosen, "trainer.cuda_graph=true"),
    }
    found: dict[str, Any] = {}
    for name, measure in ways.items():
        try:
            found[name] = measure()
            if base := found["script"].get("images_per_second"):
                found[name]["times_script"] = round(found[name]["images_per_second"] / base, 3)
        except Exception as error:
            found[name] = {"failed": str(error)[-1500:] or type(error).__name__}
        yield found
    if failed := [name for name, measured in found.items() if "failed" in measured]:
        sys.exit(f"failed: {', '.join(failed)}")


def run_of(precision: str) -> Path:
    return FOLDER / f"best_mnist_{precision}"


def accelerator(device: str) -> str:
    return f"trainer.accelerator={'gpu' if device == 'cuda' else device}"


PARTS: dict[str, Callable[[str, bool, float], Found]] = {
    "machine": machine,
    "tests": tests,
    "best_mnist, 32-true": partial(best_mnist, "32-true"),
    "evaluate": evaluate,
    "speed, wgan_gp on mlp": partial(speed, "wgan_gp", "mlp"),
    "speed, wgan_gp on dcgan": partial(speed, "wgan_gp", "dcgan"),
    "speed, gan on mlp": partial(speed, "gan", "mlp"),
    "speed, gan on dcgan": partial(speed, "gan", "dcgan"),
    "best_mnist, bf16-mixed": partial(best_mnist, "bf16-mixed"),
}


def main() -> None:
    name, device, size, seconds = sys.argv[1:]
    for found in PARTS[name](device, size == "short", float(seconds)):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
