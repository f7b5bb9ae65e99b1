"""A run replaces another only where that is allowed, and only once it has begun."""

from pathlib import Path

import pytest

from gan_lab.config.compose import as_hydra_config, composition
from gan_lab.errors import GanLabError
from gan_lab.runs.overwriting import MOVING, clear, refuse_in_sweep, refuse_overwriting, replaced
from gan_lab.runs.run_folder import RunFolder


def fill(folder: RunFolder, text: str, begun: bool = True) -> None:
    """The files of a run, all with this text."""
    paths = [folder.config, folder.summary, folder.checkpoint("last"), folder.samples / f"{text}.png"]
    for path in [*paths, *([folder.checkpoint("previous")] if begun else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    fill(folder, "old")
    (folder.path / "notes.txt").write_text("mine")
    return folder


@pytest.mark.parametrize("name", ["summary.json", "checkpoints/last.ckpt", "checkpoints/best.ckpt"])
def test_a_folder_with_a_run_is_refused(tmp_path: Path, name: str) -> None:
    folder = RunFolder(tmp_path / "run")
    with as_hydra_config(composition("config", ())):
        refuse_overwriting(folder, False)
        folder.path.mkdir()
        folder.config.touch()
        refuse_overwriting(folder, False)  # it ended before it had anything
        (folder.path / name).parent.mkdir(exist_ok=True)
        (folder.path / name).touch()
        with pytest.raises(GanLabError, match=r"run holds a run already: .* resume=.*, or .* overwrite=true"):
            refuse_overwriting(folder, False)
        refuse_overwriting(folder, True)


def test_jobs_of_a_sweep_go_on_and_overwrite_nothing(run: RunFolder) -> None:
    with as_hydra_config(composition("config", ("hydra.mode=MULTIRUN",))):
        refuse_overwriting(run, False)
    refuse_in_sweep(False)
    with pytest.raises(GanLabError, match=r"overwrite=true is for a single run"):
        refuse_in_sweep(True)


def test_the_older_run_is_gone_when_the_new_one_has_ended(run: RunFolder) -> None:
    with replaced(run, overwrite=True):
        assert files(run.path).keys() >= {"notes.txt", ".replaced/config.yaml"}
        fill(run, "new")
    found = files(run.path)
    assert found.pop("notes.txt") == "mine"
    assert {*found.values()} == {"new"}


@pytest.mark.parametrize("begun", [False, True])
def test_a_run_that_fails_before_it_has_begun_leaves_the_older_one(run: RunFolder, begun: bool) -> None:
    before = files(run.path)

    def fails() -> None:
        with replaced(run, overwrite=True):
            fill(run, "new", begun)
            raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        fails()
    assert (files(run.path) == before) is not begun
    assert {*files(run.path)} <= {*before, "samples/new.png"}


def test_what_a_killed_one_left_aside_is_put_back(run: RunFolder) -> None:
    before = files(run.path)
    clear(run.path, run.path / MOVING)  # killed while it moved the older run
    with replaced(run, overwrite=False):
        assert files(run.path) == before

    opened = replaced(run, overwrite=True)
    opened.__enter__()  # killed while it trained
    fill(run, "new", begun=False)
    del opened
    with pytest.raises(ValueError, match="refused"), replaced(run, overwrite=True):  # the next one fails at once
        raise ValueError("refused")
    assert files(run.path) == before
