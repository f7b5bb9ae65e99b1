"""What a file names as a place to write is not written to."""

from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.trust.places import (
    IDX_FILES,
    PUBLISHED,
    downloaded_at_home,
    missing_files,
    raw_folder,
    stored_root,
    written_at_home,
)


@pytest.mark.parametrize("given", [None, "/own/cache"])
def test_caches_and_downloads_are_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    monkeypatch.setenv("GAN_LAB_CACHE", "/from/environment")
    monkeypatch.setenv("GAN_LAB_DATA", "/own/data")
    theirs = {"cache_dir": str(tmp_path)}
    saved = {
        "metric": theirs,
        "callbacks": {"evaluation": {"measure": {"metrics": [theirs], "k": 3}}},
        "data": {"root": str(tmp_path), "source": "KMNIST"},
    }
    found = written_at_home(saved, given)
    cache = given or "/from/environment"
    assert found["metric"] == {"cache_dir": cache}
    assert found["callbacks"]["evaluation"]["measure"] == {"metrics": [{"cache_dir": cache}], "k": 3}
    assert found["data"] == {"root": "/own/data", "source": "KMNIST"}


def test_files_that_are_all_there_are_read_where_they_are(tmp_path: Path) -> None:
    data = {"root": str(tmp_path)}
    raw_folder(tmp_path, "MNIST").mkdir(parents=True)
    for name in IDX_FILES:
        assert downloaded_at_home(data, "own") == {"root": "own"}
        (raw_folder(tmp_path, "MNIST") / name).touch()
    assert downloaded_at_home(data, "own") == data
    pictures = {"root": "/gone", "image_size": None}
    assert downloaded_at_home(pictures, "own") == pictures


@pytest.mark.parametrize("source", ["CIFAR10", "SVHN", "CelebA"])
def test_each_published_set_is_looked_for_by_its_own_files(tmp_path: Path, source: str) -> None:
    data = {"root": str(tmp_path), "source": source, "image_size": 64}
    for name in PUBLISHED[source][1]:
        assert downloaded_at_home(data, "own") == data | {"root": "own"}
        assert name in missing_files(tmp_path, source)
        path = raw_folder(tmp_path, source) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.touch()
    assert downloaded_at_home(data, "own") == data


def test_a_set_that_nobody_knows_is_not_looked_for(tmp_path: Path) -> None:
    assert missing_files(tmp_path, "../../etc") == []


@pytest.mark.parametrize("root", [["a"], 5, None, "a\0b"])
def test_a_root_that_is_no_path_is_said(root: object) -> None:
    with pytest.raises(GanLabError, match=r"says that data\.root is .*, which is no path of a folder"):
        stored_root({"root": root})
