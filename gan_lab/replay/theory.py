"""Trains four critics that differ in what keeps them smooth, and replays them side by side. Imports no torch."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gan_lab.errors import GanLabError
from gan_lab.replay.run import PAGE, write_replay
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import assigned, typed
from gan_lab.trust.lenient import printable

FOLDER = Path("outputs/theory")
VARIANTS = ("wgan", "gan", "wgan_gp", "gan_r1")
"""Clipping and nothing at all, which fail here, and the two penalties, which do not."""
SHARED = (
    *("data=ring", "model.prior.dim=2", "model.n_critic=5", "optimizer=adam", "optimizer.lr=1e-3"),
    *("optimizer.betas=[0.0,0.9]", "generator_steps=600"),
    *("callbacks.evaluation.times=1", "callbacks.evaluation.n=1000", "callbacks.checkpoints.times=2"),
    *("~callbacks.point_samples", "~callbacks.figures", "~callbacks.report"),
)
"""What the four have in common, so that nothing but the critic's constraint differs."""
OWN = {"wgan_gp": ("model.penalties.gradient.weight=1",)}


def train_theory(out: Path = FOLDER, more: Sequence[str] = ()) -> Path:
    """Trains the four into folders below `out`, writes their page there and returns its path.

    Runs that are there already are not trained again. `more` are words of the training command. Raises GanLabError
    where a training does not end well.
    """
    missing = [variant for variant in VARIANTS if not is_there(RunFolder(out / variant))]
    lines = [line_of(variant, out, more) for variant in missing]
    with ThreadPoolExecutor(max(1, min(len(VARIANTS), os.cpu_count() or 1))) as several:
        [*several.map(train, lines)]
    return write_replay([out / variant for variant in VARIANTS], out / PAGE)


def is_there(run: RunFolder) -> bool:
    """Returns whether a run has been trained to its end."""
    return run.replay.is_file() and run.measures.is_file()


def line_of(variant: str, out: Path, more: Sequence[str]) -> list[str]:
    """Returns the words of the command that trains a variant."""
    own = OWN.get(variant, ())
    return [f"model={variant}", *SHARED, *own, *more, assigned("hydra.run.dir", str(out / variant)), "overwrite=true"]


def train(words: Sequence[str]) -> None:
    """Trains one run in a process of its own, with one thread: the networks are too small for more."""
    print(typed("gan_lab", *words), flush=True)
    line = [sys.executable, "-m", "gan_lab", *words]
    done = subprocess.run(line, check=False, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise GanLabError(f"{words[0]} was not trained to its end: {printable(said[-1] if said else 'it was ended')}")
