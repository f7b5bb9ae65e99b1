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
from gan_lab.terminal.commands import assigned, key_of, typed
from gan_lab.trust.lenient import printable

FOLDER = Path("outputs/theory")
VARIANTS = ("gan", "gan_r1", "wgan", "wgan_gp")
"""Each loss with a critic that fails here, and with a penalty by which it does not."""
SHARED = (
    *("data=ring", "model.prior.dim=2", "model.n_critic=5", "optimizer=adam", "optimizer.lr=1e-3"),
    *("optimizer.betas=[0.0,0.9]", "generator_steps=600"),
    *("callbacks.evaluation.times=1", "callbacks.evaluation.n=1000", "callbacks.checkpoints.times=2"),
    *("~callbacks.point_samples", "~callbacks.figures", "~callbacks.report"),
)
"""What the four have in common, so that nothing but the critic's constraint differs."""
OWN = {
    "wgan_gp": ("model.penalties.gradient.weight=1",),
    "gan_r1": ("model.penalties.r1.gamma=0.1",),
}
"""A tenth of the usual weights: the ring is small, and its modes are narrow."""


def train_theory(out: Path = FOLDER, more: Sequence[str] = ()) -> Path:
    """Trains the four into folders below `out`, writes their page there and returns its path.

    What is there already from the same command is not trained again. `more` are words of the training command. Raises
    GanLabError where a training does not end well.
    """
    lines = {out / variant: line_of(variant, more) for variant in VARIANTS}
    missing = [folder for folder, line in lines.items() if not is_there(RunFolder(folder), line)]
    with ThreadPoolExecutor(max(1, min(len(VARIANTS), os.cpu_count() or 1))) as several:
        [*several.map(train, missing, (lines[folder] for folder in missing))]
    return write_replay([out / variant for variant in VARIANTS], out / PAGE)


def is_there(run: RunFolder, line: Sequence[str]) -> bool:
    """Returns whether the run of this command has been trained to its end, and can be replayed."""
    summary = run.read_summary()
    same = summary.get("command") == typed("gan_lab", *line)
    return same and summary.get("status") == "finished" and run.replay.is_file()


def line_of(variant: str, more: Sequence[str]) -> list[str]:
    """Returns the words of the command that trains a variant, but for its folder."""
    usual = [f"model={variant}", *SHARED, *OWN.get(variant, ())]
    changed = {key_of(word) for word in more}
    return [*(word for word in usual if key_of(word) not in changed), *more, "overwrite=true"]


def train(folder: Path, words: Sequence[str]) -> None:
    """Trains one run in a process of its own, with one thread: the networks are too small for more."""
    print(typed("gan_lab", *words), flush=True)
    line = [sys.executable, "-m", "gan_lab", *words, assigned("hydra.run.dir", str(folder))]
    done = subprocess.run(
        line, check=False, capture_output=True, encoding="utf-8", env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise GanLabError(f"{words[0]} was not trained to its end: {printable(said[-1] if said else 'it was ended')}")
