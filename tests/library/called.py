"""What a program does with gan_lab, in a process of its own: functions for `Forked`."""

import importlib
import os
import pkgutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig

import gan_lab
from tests.commands import ended, environment
from tests.forked import Forked
from tests.library.examples import examples

SMALL = (
    "model=gan",
    "data=ring",
    "metric.emd_points=50",
    "callbacks.evaluation.n=100",
    "~callbacks.figures",
    "~callbacks.report",
)


def called(function: Callable[..., None], *arguments: Any, cwd: Path) -> str:
    """Runs it to its end and returns what it printed. Fails where it fails."""
    return ended(Forked(function, *arguments, cwd=cwd, env=environment()))


def fit(words: list[str], options: dict[str, Any]) -> None:
    gan_lab.fit(*words, **options)


def all_examples() -> None:
    """Runs every example, after every module has been imported: importing gan_lab.X would replace a function X."""
    for module in pkgutil.walk_packages(gan_lab.__path__, "gan_lab."):
        if not module.name.startswith("gan_lab.plugins"):
            importlib.import_module(module.name)
    assert not [name for name in gan_lab.__all__ if isinstance(getattr(gan_lab, name), ModuleType)]
    names: dict[str, Any] = {"gan_lab": gan_lab}
    for name, code in examples():
        exec(compile(code, f"the example of {name}", "exec"), names)
    assert {"run", "model", "samples", "evaluation", "runs"} <= names.keys()


def state_of_process() -> dict[str, Any]:
    """What a training must not leave behind."""
    return {
        "hydra": (HydraConfig.instance().cfg, GlobalHydra.instance().is_initialized()),
        "random": torch.get_rng_state().tolist(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "handlers": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)],
        "arguments": list(sys.argv),
        "folder": os.getcwd(),
        "spec": sys.modules["__main__"].__spec__,
    }


def leave_nothing_behind() -> None:
    """Trains twice in one second, the second time in a thread, and finds the process as it was."""
    before = state_of_process()
    first = gan_lab.fit(*SMALL, generator_steps=2)
    assert state_of_process() == before
    found: list[gan_lab.Run] = []
    thread = threading.Thread(target=lambda: found.append(gan_lab.fit(*SMALL, generator_steps=2)))
    thread.start()
    thread.join()
    assert state_of_process() == before
    assert [run.status for run in (first, *found)] == ["finished"] * 2
    assert first.folder != found[0].folder
    assert first.measures == found[0].measures


def interrupt_and_resume() -> None:
    """A Ctrl-C while it trains is a KeyboardInterrupt, after which it goes on where it was."""
    checkpoint = Path("outputs/long/checkpoints/last.ckpt")

    def interrupt() -> None:
        while not checkpoint.is_file():
            time.sleep(0.1)
        time.sleep(0.5)  # until there is a handler
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt, match=r"gan_lab\.fit\(resume='"):
        gan_lab.fit(*SMALL, "hydra.run.dir=outputs/long", generator_steps=1_000_000)
    assert gan_lab.Run("outputs/long").status == "interrupted"
    done = torch.load(checkpoint, weights_only=True)["counters"]["generator_steps"]
    assert gan_lab.fit(resume="outputs/long", generator_steps=done + 1).status == "finished"
