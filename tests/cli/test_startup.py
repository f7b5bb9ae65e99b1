"""What a run does not wait for before it trains: start-up is part of speed."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from gan_lab.cli.command import heavy_imports
from tests.commands import QUICK, ended, environment, program

UNUSED = {
    *("wandb", "tensorboard", "torch.utils.tensorboard", "sklearn", "scipy", "matplotlib", "torch_fidelity"),
    *("torchmetrics.functional", "torchmetrics.classification"),
}
"""Slow to import. Lightning and torch's optimizers import torch._dynamo in any case, and images torchvision."""


@pytest.mark.slow
def test_a_run_imports_nothing_slow_that_it_does_not_use(tmp_path: Path) -> None:
    imported = ("+callbacks.imported._target_=tests.processes.Imported", "+callbacks.imported.file=modules.txt")
    words = [word for word in QUICK if "point_samples" not in word]  # they draw with matplotlib before the first round
    ended(program(*words, "~callbacks.point_samples", "generator_steps=1", *imported, cwd=tmp_path))
    modules = set((tmp_path / "modules.txt").read_text().splitlines())
    assert {"lightning", "gan_lab.callback.evaluation", "torchmetrics.metric"} <= modules
    assert modules & UNUSED == {"scipy"}  # measures of points match two sets of real ones before training


@pytest.mark.slow
def test_nothing_slow_is_imported_by_what_trains_on_images(tmp_path: Path) -> None:
    code = """
import sys
from gan_lab.build import named_object
from gan_lab.cli.command import heavy_imports
from gan_lab.config.compose import compose_config

def build(value, path):
    if isinstance(value, dict):
        if "_target_" in value:
            named_object(value["_target_"], path)
        for key, inner in value.items():
            build(inner, key)

with heavy_imports():
    from gan_lab.training.run import train
build(compose_config("data=mnist"), "")
print("\\n".join(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.splitlines())
    assert {"gan_lab.metric.copying", "gan_lab.callback.image_samples", "gan_lab.data.mnist"} <= modules
    assert not modules & UNUSED


def test_python_collects_garbage_before_and_after_the_imports_alone() -> None:
    with heavy_imports():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
