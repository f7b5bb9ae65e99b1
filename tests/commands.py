"""Running gan_lab as a user does: as a process of its own, in a directory of the test's."""

import csv
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from tests import in_one_process
from tests.forked import Forked

REPOSITORY = Path(__file__).parent.parent

QUICK = (
    *("data=ring", "model.prior.dim=2", "callbacks.evaluation.n=500", "metric.emd_points=200"),
    *("callbacks.point_samples.times=1", "~callbacks.figures", "~callbacks.report"),
)
"""A run of a second: 2-D data, 2-D networks, small measures, and of the pictures, which take longest, one."""


def environment(**more: str) -> dict[str, str]:
    """One thread and no W&B account, whatever the machine has; the tests' own modules can be imported."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("WANDB", "HYDRA"))}
    path = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {"OMP_NUM_THREADS": "1", "HOME": "/nonexistent", "PYTHONUNBUFFERED": "1", "PYTHONPATH": path}
    return inherited | own | more


def last_of_each(arguments: Sequence[str]) -> list[str]:
    """The arguments without those whose key comes once more later: what a test asks for itself replaces QUICK's."""
    last = {word.partition("=")[0].lstrip("+"): index for index, word in enumerate(arguments) if "=" in word}
    return [w for i, w in enumerate(arguments) if "=" not in w or last[w.partition("=")[0].lstrip("+")] == i]


def program(*arguments: str, cwd: Path, **more: str) -> "subprocess.Popen[str]":
    """python -m gan_lab ARGUMENTS as it starts in a shell, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "gan_lab", *last_of_each(arguments)],
        cwd=cwd,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def start(*arguments: str, cwd: Path, **more: str) -> Forked:
    """The same without its imports, running."""
    return Forked(in_one_process.run_one, last_of_each(arguments), cwd=cwd, env=environment(**more))


def ended(process: "subprocess.Popen[str] | Forked", status: int = 0) -> str:
    """Waits for its end and returns what it printed. Fails where the exit status is another one."""
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == status, printed
    return printed


def gan_lab(*arguments: str, cwd: Path, status: int = 0, **more: str) -> str:
    """Runs it to its end and returns what it printed."""
    return ended(start(*arguments, cwd=cwd, **more), status)


def many(commands: Sequence[Sequence[str]], cwd: Path, apart: bool = True, **more: str) -> list[dict[str, Any]]:
    """All of them in one process, each in a folder of its own below `cwd`: status, said and folder, in order.

    Where they are not `apart`, all of them run in `cwd`.
    """
    with tempfile.NamedTemporaryFile() as results:
        each = [last_of_each(words) for words in commands]
        process = Forked(in_one_process.run_all, each, results.name, apart, cwd=cwd, env=environment(**more))
        printed, _ = process.communicate(timeout=1800)
        found = [json.loads(line) for line in Path(results.name).read_text().splitlines()]
    assert len(found) == len(commands), printed
    return found


def as_program(command: str) -> None:
    """Runs a command's __main__.py in this process with the arguments in sys.argv, as `python -m` does."""
    runpy.run_path(str(REPOSITORY / "gan_lab" / command / "__main__.py"), run_name="__main__")


def run_folders(cwd: Path) -> list[Path]:
    """The folders of all runs below outputs/, oldest first."""
    return sorted(path.parent for path in cwd.glob("outputs/*/**/config.yaml"))


def metrics(run: Path) -> list[dict[str, str]]:
    """The lines of metrics.csv without the clock."""
    with (run / "metrics.csv").open(newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def checkpoint(run: Path, name: str = "last") -> dict[str, Any]:
    """A checkpoint, loaded the careful way."""
    return torch.load(run / "checkpoints" / f"{name}.ckpt", weights_only=True)


def differences(first: Any, second: Any, path: str = "") -> list[str]:
    """The places in which two nested structures of tensors and plain values differ."""
    if isinstance(first, torch.Tensor):
        return [] if torch.equal(first, second) else [path]
    if isinstance(first, dict):
        if first.keys() != second.keys():
            return [f"{path}: {first.keys() ^ second.keys()}"]
        return [found for key in first for found in differences(first[key], second[key], f"{path}.{key}")]
    if isinstance(first, list | tuple):
        pairs = enumerate(zip(first, second, strict=True))
        return [found for index, pair in pairs for found in differences(*pair, f"{path}[{index}]")]
    return [] if first == second else [path]
