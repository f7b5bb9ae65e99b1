"""Interrupted and resumed equals uninterrupted, bit for bit."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.commands import QUICK, checkpoint, differences, gan_lab, metrics, run_folders, start

pytestmark = pytest.mark.slow

LENGTH = "generator_steps=200"
VARIANTS = {
    "wgan_gp": ("model=wgan_gp", "model.n_critic=2", *QUICK, LENGTH),
    "gmgan_dynamic": ("model=gmgan_dynamic", *QUICK, LENGTH),  # dropout, a trained prior
}


def interrupted(*arguments: str, cwd: Path, number: signal.Signals, after: str) -> tuple[Path, int | None, str]:
    """Starts a run, sends the signal some time after the file appeared, and returns its folder and exit status."""
    process = start(*arguments, cwd=cwd)
    deadline = time.monotonic() + 120
    while not list(cwd.glob(f"outputs/*/*/{after}")):
        assert process.poll() is None, process.communicate(timeout=10)[0]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(number)
    printed, _ = process.communicate(timeout=60)
    (run,) = run_folders(cwd)
    return run, process.returncode, printed


@pytest.mark.parametrize(
    ("variant", "number", "after", "status"),
    [
        ("gmgan_dynamic", signal.SIGTERM, "checkpoints/best.ckpt", 143),
        ("wgan_gp", signal.SIGKILL, "checkpoints/last.ckpt", -9),
    ],
)
def test_resumed_equals_uninterrupted(
    tmp_path: Path, variant: str, number: signal.Signals, after: str, status: int
) -> None:
    (tmp_path / "whole").mkdir()
    gan_lab(*VARIANTS[variant], cwd=tmp_path / "whole")
    (whole,) = run_folders(tmp_path / "whole")
    run, code, printed = interrupted(*VARIANTS[variant], cwd=tmp_path, number=number, after=after)
    assert code == status, printed
    stopped_at = checkpoint(run)["counters"]["generator_steps"]
    assert stopped_at < 200
    if number is not signal.SIGKILL:
        assert f"resume={run.relative_to(tmp_path)}" in printed
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = run if number is signal.SIGKILL else run / "checkpoints" / "last.ckpt"
    gan_lab(f"resume={path}", cwd=elsewhere)

    assert [row["generator_steps"] for row in metrics(run)] == [row["generator_steps"] for row in metrics(whole)]
    assert metrics(run) == metrics(whole)
    for name in ("last", "best"):
        found, expected = checkpoint(run, name), checkpoint(whole, name)
        for part in ("state_dict", "optimizer_states"):
            assert differences(found[part], expected[part]) == []
        for clock in ("seconds", "cpu_seconds"):
            del found["counters"][clock], expected["counters"][clock]
        assert found["counters"] == expected["counters"]
    assert not list(run.rglob("*.tmp"))
    assert run_folders(tmp_path) == [run]


def test_ctrl_c_ends_the_round_and_says_how_to_go_on(tmp_path: Path) -> None:
    run, code, printed = interrupted(*VARIANTS["wgan_gp"], cwd=tmp_path, number=signal.SIGINT, after="summary.json")
    assert code == 130
    assert f"resume={run.relative_to(tmp_path)}" in printed
    assert json.loads((run / "summary.json").read_text())["status"] == "interrupted"
    assert checkpoint(run)["counters"]["generator_steps"] == int(metrics_step(printed))


def metrics_step(printed: str) -> str:
    """The step at which an interrupted run says that it stopped."""
    return printed.split("interrupted at generator step ")[1].split(";")[0]


def test_resume_says_what_is_missing(tmp_path: Path) -> None:
    assert "there is no checkpoint at" in gan_lab("resume=nowhere", cwd=tmp_path, status=1)
    (tmp_path / "lone.ckpt").touch()
    assert "does not lie in a run folder" in gan_lab("resume=lone.ckpt", cwd=tmp_path, status=1)


def test_a_finished_run_goes_on_only_when_it_is_made_longer(tmp_path: Path) -> None:
    gan_lab("model=gan", *QUICK, "generator_steps=40", cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    assert "has its 40 generator steps" in gan_lab(f"resume={run}", cwd=tmp_path, status=1)
    for other in ("model=wgan", "optimizer.lr=0.1", "model.prior.continuous=3"):
        printed = gan_lab(f"resume={run}", other, cwd=tmp_path, status=1)
        assert f"{other} cannot change in a resumed run: only epochs" in printed

    moved = run.rename(tmp_path / "moved")  # a run is its folder, wherever it lies
    gan_lab(f"resume={moved}", "generator_steps=80", cwd=tmp_path)
    assert not run.exists()
    assert checkpoint(moved)["counters"]["generator_steps"] == 80
    assert (moved / "samples" / "step_000080.png").is_file()
    steps = [int(row["generator_steps"]) for row in metrics(moved)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 80
