"""python -m tests.gpu itself, where there is no GPU."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import environment


def measured(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.gpu", "--short", "--out", "gpu.json", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)


@pytest.mark.nightly
def test_a_short_one_trains_and_measures(tmp_path: Path) -> None:
    done = measured("--device", "cpu", "--parts", "best_mnist, 32-true", "evaluate", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads((tmp_path / "gpu.json").read_text())
    assert record["machine"]["device"] == "cpu"
    assert "torch" in record["versions"]
    trained, evaluated = (part["result"] for part in record["parts"].values())
    assert (trained["status"], trained["generator_steps"]) == ("finished", 3)
    assert trained["measures"]["last"]["fid"] > 0
    assert evaluated["measures"]["generated"]["fid"] > 0


@pytest.mark.slow
def test_without_a_gpu_nothing_is_written(tmp_path: Path) -> None:
    done = measured(cwd=tmp_path)
    assert done.returncode == 1
    assert "torch finds no NVIDIA GPU here" in done.stderr
    assert not (tmp_path / "gpu.json").exists()
