"""What a run does not wait for before it trains: start-up is part of speed."""

import gc
from pathlib import Path

import pytest

from gan_lab.cli.command import heavy_imports
from tests.commands import QUICK, ended, program

UNUSED = {"wandb", "tensorboard", "torch.utils.tensorboard", "sklearn"}
"""Slow to import. Lightning itself imports torchvision, scipy, matplotlib and torch_fidelity in any case."""


@pytest.mark.slow
def test_a_run_imports_nothing_slow_that_it_does_not_use(tmp_path: Path) -> None:
    imported = ("+callbacks.imported._target_=tests.processes.Imported", "+callbacks.imported.file=modules.txt")
    ended(program(*QUICK, "generator_steps=1", *imported, cwd=tmp_path))
    modules = set((tmp_path / "modules.txt").read_text().splitlines())
    assert {"lightning", "gan_lab.callback.evaluation"} <= modules
    assert not modules & UNUSED


def test_python_collects_garbage_before_and_after_the_imports_alone() -> None:
    with heavy_imports():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
