"""The same command finds its sweep again, another one does not."""

from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.runs.jobs import Jobs, name_of


def test_a_name_belongs_to_the_command_whatever_the_order() -> None:
    name = name_of(["model=gan,wgan", "seed=1,2"])
    assert name.startswith("model_seed-")
    assert name == name_of(["seed=1,2", "model=gan,wgan"])
    others = [["model=gan,wgan", "seed=1,2,3"], ["model=gan,wgan", "seed=1,2", "epochs=3"], ["model=gan", "seed=1,2"]]
    assert len({name, *map(name_of, others)}) == 4


def test_a_name_says_what_is_swept() -> None:
    assert name_of(["experiment=table"]) == "table"
    assert name_of(["experiment=table", "seed=1,2"]).startswith("table_seed-")
    assert name_of(["model.prior.std=0.5,1.0", "data=mnist"]).startswith("std-")
    assert name_of(["optimizer.lr=tag(log,interval(1e-5,1e-3))"]).startswith("lr-")
    assert name_of(["model=gan"]).startswith("sweep-")
    long = name_of([f"model.{letter * 40}=1,2" for letter in "abcdefg"])
    assert len(long) < 100, "file systems allow 255 bytes"
    assert "/" not in name_of(["data.root=a/b,c/d", "experiment=x"])


def test_jobs_keep_their_numbers(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, "grid", "command")
    assert jobs.number_of(["a=1", "b=2"]) is None
    assert [jobs.add("0_gan", ["a=1", "b=2"]), jobs.add("1_gan", ["a=2", "b=2"])] == [0, 1]
    jobs.save()
    again = Jobs(tmp_path, "grid", "command")
    assert again.number_of(["b=2", "a=2"]) == 1
    assert again.add("2_gan", ["a=3", "b=2"]) == 2
    assert again.folders([0, 2]) == [tmp_path / "0_gan", tmp_path / "2_gan"]
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"jobs": [1]}', '{"jobs": [{"folder": "x"}]}'])
def test_a_torn_record_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "sweep.json").write_text(text)
    with pytest.raises(GanLabError, match="is not the record of a sweep"):
        Jobs(tmp_path, "grid", "command")


@pytest.mark.parametrize("folder", ["../0_gan", "/tmp/0_gan", "a/b", "..", "."])
def test_a_record_names_no_folder_outside_of_its_own(tmp_path: Path, folder: str) -> None:
    (tmp_path / "sweep.json").write_text(f'{{"jobs": [{{"folder": "{folder}", "overrides": []}}]}}')
    with pytest.raises(GanLabError, match="names a folder outside of the sweep"):
        Jobs(tmp_path, "grid", "command")
