"""python -m tests.faults.sweep_of_many jobs=200: what a process keeps of the jobs of a sweep, of each job."""

import contextlib
import gc
import importlib
import json
import os
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import torch
from lightning import Trainer

from tests.commands import QUICK, environment, last_of_each
from tests.forked import Forked

TINY = (*QUICK, "generator_steps=4", "callbacks.evaluation.times=1", "hydra.sweep.dir=many")
"""A job of less than a second, with what all jobs have: data, measures, pictures, checkpoints, summary."""


class Watched:
    """What the process holds after each job, in the order of the jobs."""

    def __init__(self) -> None:
        self.models: list[weakref.ref[torch.nn.Module]] = []
        self.counted: dict[str, list[float]] = {name: [] for name in ("mebibytes", "files", "threads", "models")}
        self.seconds: list[float] = []

    def watch(self, fit):  # type: ignore[no-untyped-def]
        """Returns Lightning's `fit` that counts first what the jobs before have left."""

        def watched(trainer: Trainer, model: torch.nn.Module, *arguments, **options):  # type: ignore[no-untyped-def]
            self.look()
            self.models.append(weakref.ref(model))
            return fit(trainer, model, *arguments, **options)

        return watched

    def look(self) -> None:
        gc.collect()
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        alive = sum(model() is not None for model in self.models)
        found = (resident / 2**20, len(os.listdir("/proc/self/fd")), threading.active_count(), alive)
        for name, value in zip(self.counted, found, strict=True):
            self.counted[name].append(value)
        self.seconds.append(time.perf_counter())


def slope(values: Sequence[float]) -> float:
    """What one job adds: the least-squares line through the second half, when everything is loaded and cached."""
    late = torch.tensor(values[len(values) // 2 :], dtype=torch.float64)
    number = torch.arange(len(late), dtype=torch.float64) - (len(late) - 1) / 2
    return float((number @ late) / (number @ number))


def run_sweep(jobs: int, answer: str, *more: str) -> None:
    """Trains the jobs in this process, in the current folder, and writes what they left to the file `answer`."""
    watched = Watched()
    sys.argv = ["gan_lab", *last_of_each(["-m", "model=gan", f"seed=range({jobs})", *TINY, *more])]
    with patch.object(Trainer, "fit", watched.watch(Trainer.fit)), contextlib.suppress(SystemExit):
        importlib.import_module("gan_lab.__main__").main()
    watched.look()  # after the comparison, which is no job
    figures = {f"{name}_per_job": slope(values[:-1]) for name, values in watched.counted.items()}
    figures |= {f"{name}_at_the_end": values[-1] for name, values in watched.counted.items()}
    figures["seconds_per_job"] = (watched.seconds[-1] - watched.seconds[0]) / jobs
    figures["jobs"] = len(watched.models)
    Path(answer).write_text(json.dumps(figures))


def sweep_of_many(jobs: int, folder: Path, *more: str) -> dict[str, float]:
    """Returns what each job of a sweep of so many tiny ones in one process adds to it, and what it holds at the end.

    Memory is the resident one, in MiB; models are those that a weak reference still finds. Fails where the sweep does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    answer = folder / "answer.json"
    process = Forked(run_sweep, jobs, str(answer), *more, cwd=folder, env=environment())
    printed, _ = process.communicate(timeout=60 + 20 * jobs)
    assert answer.is_file(), printed
    figures = json.loads(answer.read_text())
    assert figures["jobs"] == jobs, printed
    return dict(figures)


def main() -> None:
    jobs = int(next((word.removeprefix("jobs=") for word in sys.argv[1:] if word.startswith("jobs=")), "200"))
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(sweep_of_many(jobs, Path(folder)), indent=2))


if __name__ == "__main__":
    main()
