"""The shortest way through everything: train, be killed, resume, sweep on one and two processes, look at what came."""

import csv
import json
import signal
import time
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.commands import QUICK, checkpoint, differences, ended, gan_lab, many, metrics, program, run_folders, start

pytestmark = pytest.mark.xdist_group("end to end")

FIRST = (
    *("generator_steps=30", "callbacks.terms.every=10", "callbacks.image_samples.times=3"),
    *(
        "callbacks.evaluation.n=60",
        "callbacks.evaluation.times=3",
        "callbacks.evaluation.steps_apart=10",
        "callbacks.checkpoints.times=10",
    ),
    *("model.generator.hidden=[32]", "model.critic.hidden=[32]"),
)
"""What makes the README's first command short."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where what depends on real images alone is kept: each command would compute the same again."""
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def whole(cache: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The run folder of `python -m gan_lab`, trained to its end, and what was printed."""
    cwd = tmp_path_factory.mktemp("whole")
    printed = ended(program(*FIRST, cwd=cwd, GAN_LAB_CACHE=cache))
    (run,) = run_folders(cwd)
    return run, printed


def test_the_first_command_trains_to_its_end_and_measures(whole: tuple[Path, str]) -> None:
    run, printed = whole
    assert run.parent.name == "wgan_gp"
    assert f"run folder: outputs/wgan_gp/{run.name}" in printed
    rows = metrics(run)
    assert [row["generator_steps"] for row in rows] == ["10", "20", "30"]
    assert all(isfinite(float(row[name])) for row in rows for name in ("critic/loss", "generator/loss", "fid"))
    summary = json.loads((run / "summary.json").read_text())
    assert (summary["status"], summary["protocol"]["extractor"]) == ("finished", "mnistcnn-v2")
    assert summary["measures"]["best"]["fid"] == min(float(row["fid"]) for row in rows)
    assert f"{summary['measures']['floor']['fid']:.4g}" in printed
    files = {str(path.relative_to(run)) for path in run.rglob("*.png")}
    assert files >= {"samples/step_000000.png", "samples/step_000030.png", "figures/terms.png", "figures/measures.png"}


def test_killed_and_resumed_equals_uninterrupted(whole: tuple[Path, str], cache: str, tmp_path: Path) -> None:
    """Bit for bit, after a SIGKILL at whatever moment it comes."""
    process = start(*FIRST, cwd=tmp_path, GAN_LAB_CACHE=cache)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("outputs/*/*/checkpoints/best.ckpt")):
        assert process.poll() is None, process.communicate(timeout=10)[0]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    ended(process, status=-signal.SIGKILL)
    (run,) = run_folders(tmp_path)
    assert 0 < checkpoint(run)["counters"]["generator_steps"] < 30
    ended(start(f"resume={run}", cwd=tmp_path, GAN_LAB_CACHE=cache))
    assert run_folders(tmp_path) == [run]
    assert metrics(run) == metrics(whole[0])
    for name in ("last", "best"):
        found, expected = checkpoint(run, name), checkpoint(whole[0], name)
        for part in ("state_dict", "optimizer_states"):
            assert differences(found[part], expected[part]) == []


def test_a_sweep_of_two_jobs_on_one_process_and_on_two(tmp_path: Path) -> None:
    """Two processes share what one does; what is finished is not run again."""
    steady = ("+model.optimizers.critic.eps=1e-4", "+model.optimizers.generator.eps=1e-4")  # see test_processes.py
    sweep = ("-m", "model=gan", "trainer.devices=1,2", *QUICK, "generator_steps=10", *steady)
    printed = gan_lab(*sweep, cwd=tmp_path)
    assert "2 of 2 runs done" in printed
    one, two = run_folders(tmp_path)
    assert [run.name for run in (one, two)] == ["0_gan", "1_gan"]
    for run, processes in ((one, 1), (two, 2)):
        summary = json.loads((run / "summary.json").read_text())
        assert (summary["status"], summary["machine"]["processes"]) == ("finished", processes)
    for name, value in checkpoint(one)["state_dict"].items():
        torch.testing.assert_close(checkpoint(two)["state_dict"][name], value, rtol=1e-5, atol=1e-5, msg=name)
    assert (one.parent / "compare.html").is_file()
    assert gan_lab(*sweep, cwd=tmp_path).count("finished before, not run again") == 2


@pytest.fixture(scope="module")
def looked_at(
    whole: tuple[Path, str], cache: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """What each command said of the run."""
    run, _ = whole
    folder = tmp_path_factory.mktemp("looked_at")
    commands = {
        "evaluate": ("evaluate", f"checkpoint={run}", "n=60", "hydra.run.dir=out"),
        "sample": ("sample", f"checkpoint={run}", "n=60", "out=out", "format=npz"),
        "compare": ("compare", str(run), "--out", "."),
    }
    return dict(zip(commands, many([*commands.values()], folder, GAN_LAB_CACHE=cache), strict=True))


@pytest.mark.parametrize("command", ["evaluate", "sample", "compare"])
def test_what_was_trained_can_be_looked_at(command: str, looked_at: dict[str, dict[str, Any]]) -> None:
    assert looked_at[command]["status"] == 0, looked_at[command]["said"]


def test_evaluate_measures_the_images_that_sample_writes(looked_at: dict[str, dict[str, Any]]) -> None:
    """The test images are its reference, and not those that chose the best checkpoint."""
    evaluated, sampled = (Path(looked_at[name]["folder"]) / "out" for name in ("evaluate", "sample"))
    found = json.loads((evaluated / "evaluation.json").read_text())
    assert isfinite(found["measures"]["generated"]["fid"])
    assert found["protocol"]["split"] == "test"
    with np.load(sampled / "samples.npz") as file:
        assert file["images"].shape == (60, 1, 28, 28)
        assert len(np.unique(file["images"], axis=0)) == 60
    shown, written = (np.asarray(Image.open(path)) for path in (evaluated / "samples.png", sampled / "sheet.png"))
    assert np.array_equal(shown, written)


def test_compare_has_the_summarys_numbers(whole: tuple[Path, str], looked_at: dict[str, dict[str, Any]]) -> None:
    summary = json.loads((whole[0] / "summary.json").read_text())
    with (Path(looked_at["compare"]["folder"]) / "compare.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["best/fid"]) == summary["measures"]["best"]["fid"]
