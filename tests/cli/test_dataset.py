"""The data set of a checkpoint is the default of the commands that look at it."""

import sys
from pathlib import Path

import pytest
import torch

from gan_lab.cli.dataset import dataset_of, on_its_dataset, paths, refuse_missing, with_dataset
from gan_lab.errors import GanLabError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run on the ring, and beside it a lone checkpoint of a run on the grid."""
    checkpoints = tmp_path / "run" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (tmp_path / "run" / "config.yaml").write_text("dataset: ring\n")
    (checkpoints / "best.ckpt").touch()
    config = {"dataset": "grid", "model": {}, "data": {}, "variant": "gan", "seed": 1}
    saved = {
        "config": config,
        "state_dict": {},
        "counters": {"rounds": 1, "generator_steps": 1, "images_seen": 1, "seconds": 1.0},
    }
    (tmp_path / "apart" / "deep").mkdir(parents=True)
    torch.save(saved, tmp_path / "apart" / "deep" / "lone.ckpt")
    return tmp_path / "run"


def test_a_run_a_checkpoint_in_it_and_a_lone_one_know_their_data(run: Path) -> None:
    assert dataset_of(run) == "ring"
    assert dataset_of(run / "checkpoints" / "best.ckpt") == "ring"
    assert dataset_of(run.parent / "apart" / "deep" / "lone.ckpt") == "grid"
    assert dataset_of(run.parent / "nowhere") is None
    (run / "config.yaml").write_text("seed: 3\n")
    assert dataset_of(run) is None
    (run / "config.yaml").unlink()
    (run.parent / "apart" / "deep" / "lone.ckpt").rename(run / "checkpoints" / "best.ckpt")
    assert dataset_of(run) == "grid"


def test_it_is_added_where_none_is_named(run: Path) -> None:
    line = ["n=5", f"checkpoint={run}"]
    assert with_dataset(line) == [*line, "data=ring"]
    lone = run.parent / "apart" / "deep" / "lone.ckpt"
    assert with_dataset([f"checkpoint={lone},{run}"]) == [f"checkpoint={lone},{run}", "data=grid"]
    for other in (["n=5"], [*line, "data=digits"], ["checkpoint=nowhere"], ["checkpoint=null"]):
        assert with_dataset(other) == other


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "rings", "[ring,grid]", "ring,seed=2", ""])
def test_a_file_names_a_known_data_set(run: Path, name: str) -> None:
    (run / "config.yaml").write_text(f"dataset: '{name}'\n")
    with pytest.raises(GanLabError, match="conf/data has no file: name the data"):
        with_dataset([f"checkpoint={run}"])
    mine = [f"checkpoint={run}", "--config-dir=mine"]
    if name == "rings":
        assert with_dataset(mine) == [*mine, "data=rings"], "a data set of one's own, in a folder that the user names"


def test_the_command_sees_it(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["evaluate", f"checkpoint={run}"])
    seen: list[list[str]] = []
    on_its_dataset(lambda: seen.append([*sys.argv]))()
    assert seen == [["evaluate", f"checkpoint={run}", "data=ring"]]


def test_a_home_is_found(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(run.parent))
    assert with_dataset(["checkpoint='~/run'"]) == ["checkpoint='~/run'", "data=ring"]


def test_paths_are_those_of_the_last_word_for_a_key() -> None:
    assert paths("checkpoint", ["n=5"]) == paths("checkpoint", ["checkpoint=null"]) == []
    assert paths("checkpoint", ["n=5", "checkpoint=a"]) == ["a"]
    assert paths("checkpoint", ["checkpoint=a", "images=b", "checkpoint=c,'d e'"]) == ["c", "d e"]


def test_a_path_that_leads_nowhere_is_refused(run: Path) -> None:
    refuse_missing([f"checkpoint={run}", f"images={run}"])
    for line in ([f"checkpoint={run},nowhere"], ["checkpoint=nowhere"]):
        with pytest.raises(GanLabError, match=r"there is no checkpoint at .*nowhere"):
            refuse_missing(line)
    with pytest.raises(GanLabError, match="no checkpoint at"):
        refuse_missing([f"checkpoint={run}", "which=last"])
    with pytest.raises(GanLabError, match="nowhere does not exist: images= takes"):
        refuse_missing(["images=nowhere"])
