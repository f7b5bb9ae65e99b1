"""A link that leads out of a folder is found wherever it lies, and no other one is."""

import os
from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.trust.links import refuse_traps
from tests.commands import QUICK, gan_lab, run_folders


@pytest.mark.parametrize("name", ["wandb", "tensorboard", "samples/latest.png", "checkpoints/prepared/x"])
@pytest.mark.parametrize("target", ["elsewhere", "nowhere", "elsewhere/a"])
def test_a_link_out_is_refused(tmp_path: Path, name: str, target: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "run" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / target)
    with pytest.raises(GanLabError, match=f"^{link} is a link that leads out of {tmp_path}/run"):
        refuse_traps(tmp_path / "run")


def test_links_inside_and_a_folder_that_is_one_itself_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run" / "wandb" / "offline-run-1").mkdir(parents=True)
    (tmp_path / "run" / "wandb" / "latest-run").symlink_to("offline-run-1")
    (tmp_path / "short").symlink_to(tmp_path / "run")
    refuse_traps(tmp_path / "short")
    refuse_traps(tmp_path / "not there yet")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tensorboard", "wandb", "samples/step_000003.png"])
def test_a_run_is_not_resumed_through_a_link(tmp_path: Path, name: str) -> None:
    gan_lab(*QUICK, "model=gan", "generator_steps=2", cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    victim = tmp_path / "victim"
    victim.mkdir()
    (run / name).symlink_to(victim, target_is_directory=True)
    before = (run / "summary.json").read_bytes()
    printed = gan_lab(f"resume={run}", "generator_steps=4", cwd=tmp_path, status=1)
    assert f"{run / name} is a link that leads out of" in printed
    assert (run / "summary.json").read_bytes() == before
    assert not [*victim.iterdir()]


@pytest.mark.parametrize("name", ["metrics.csv", "samples/step_000001.png"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(GanLabError, match=f"^{tmp_path / name} is no regular file"):
        refuse_traps(tmp_path)


@pytest.mark.slow
def test_a_run_that_wandb_logged_is_resumed(tmp_path: Path) -> None:
    """Weights & Biases puts a link to its own cache into the folder of each of its runs."""
    logged = ("model=gan", *QUICK, "generator_steps=5", "logger=wandb", "hydra.run.dir=run")
    gan_lab(*logged, cwd=tmp_path, WANDB_MODE="offline")
    assert [path for path in (tmp_path / "run" / "wandb").rglob("*") if path.is_symlink()], "or this tests nothing"
    gan_lab("resume=run", "generator_steps=8", cwd=tmp_path, WANDB_MODE="offline")
