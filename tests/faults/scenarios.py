"""The commands that are killed: what is typed, what is typed again afterwards, and what must be there at the end."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import QUICK
from tests.faults import results

Words = tuple[str, ...]

SMALL = (*QUICK, "generator_steps=60", "callbacks.checkpoints.times=6", "callbacks.evaluation.steps_apart=20")
"""A training of a second: 60 steps, six checkpoints, three evaluations."""
TRAINED = "trained"
"""The folder of the finished run that evaluations and samples open: its critic tells real from generated points."""
TRAIN = ("model=gan", *QUICK, "generator_steps=400", "optimizer.lr=0.002", f"hydra.run.dir={TRAINED}")


@dataclass(frozen=True)
class Scenario:
    """`first` is the command that is killed; `again` gives the one that a user types then, None where all is done;
    `found` gives what it has left. `needs` is a folder beside it that it opens."""

    name: str
    first: Words
    again: Callable[[Path], Words | None]
    found: Callable[[Path], Any]
    needs: str | None = None


def trained(*more: str) -> Words:
    return ("model=wgan_gp", "model.n_critic=2", *SMALL, *more, "hydra.run.dir=run")


def resumed(first: Words) -> Callable[[Path], Words | None]:
    """What is typed after a training was killed: nothing, a resumption, or the same again where nothing was saved."""

    def again(cwd: Path) -> Words | None:
        run = cwd / "run"
        if status(run) == "finished":
            return None
        devices = tuple(word for word in first if word.startswith("trainer."))
        return ("resume=run", *devices) if [*run.glob("checkpoints/*.ckpt")] else first

    return again


def status(run: Path) -> str:
    summary = run / "summary.json"
    return json.loads(summary.read_text())["status"] if summary.is_file() else "none"


def training(name: str, *more: str) -> Scenario:
    first = trained(*more)
    return Scenario(name, first, resumed(first), lambda cwd: results.of_run(cwd / "run"))


def same(first: Words) -> Callable[[Path], Words | None]:
    return lambda cwd: first


DRS = ("sampler=drs", "sampler.calibration_samples=500", "sampler.burn_in=500", "sampler.probe=500")
EVALUATE = ("evaluate", f"checkpoint={TRAINED}", "n=300", "metric.emd_points=200", *DRS, "hydra.run.dir=out")
SAMPLE = ("sample", f"checkpoint={TRAINED}", "n=50", "out=drawn", "format=npz", *DRS)
SWEEP = ("-m", "model=gan,wgan", *SMALL, "hydra.sweep.dir=sweep")
SEARCH = ("-m", "sweep=search", "model=gan", "hydra.sweeper.n_trials=2", *SMALL, "hydra.sweep.dir=sweep")

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        training("training"),
        training("training with dropout and a trained prior", "model=gmgan_dynamic", "model.n_critic=1"),
        training("training on two processes", "trainer.devices=2", "trainer.accelerator=cpu"),
        Scenario(
            "resumption",
            ("resume=run",),
            lambda cwd: None if status(cwd / "run") == "finished" else ("resume=run",),
            lambda cwd: results.of_run(cwd / "run"),
            needs="run",
        ),
        Scenario("evaluation", EVALUATE, same(EVALUATE), lambda cwd: results.of_evaluation(cwd / "out"), TRAINED),
        Scenario(
            "samples of a prepared sampler",
            SAMPLE,
            lambda cwd: None if (cwd / "drawn").is_dir() else SAMPLE,
            lambda cwd: results.of_folder(cwd / "drawn"),
            TRAINED,
        ),
        Scenario("sweep", SWEEP, same(SWEEP), lambda cwd: results.of_sweep(cwd / "sweep")),
        Scenario("search", SEARCH, same(SEARCH), lambda cwd: results.of_sweep(cwd / "sweep")),
    )
}


def bring(needed: Path, cwd: Path) -> None:
    shutil.copytree(needed, cwd / needed.name)
