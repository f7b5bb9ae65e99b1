"""Folders in any state: read as far as they go, or skipped with a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.compare.find import find
from gan_lab.errors import GanLabError
from tests.compare.runs import write_run


@pytest.mark.parametrize("cut", [0, 10, 200, 999, 4321, 20000])
def test_a_torn_table_is_read_to_its_last_whole_line(tmp_path: Path, config: dict[str, Any], cut: int) -> None:
    write_run(tmp_path / "run", config)
    table = tmp_path / "run" / "metrics.csv"
    whole = table.read_bytes()
    table.write_bytes(whole[:cut])
    (result,) = find([tmp_path]).results
    lines = whole[:cut].count(b"\n") - 1
    assert result.curves.clocks.shape[1] == min(max(lines, 0), 120)
    assert result.measures["best"]["fid"] > 0  # from summary.json


@pytest.mark.parametrize("name", ["config.yaml", "summary.json", "metrics.csv"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[1, 2]", b"\xff\xfe\x00", b"a: [\n"])
def test_any_file_may_be_missing_or_broken(
    tmp_path: Path, config: dict[str, Any], name: str, content: bytes | None
) -> None:
    write_run(tmp_path / "run", config)
    if content is None:
        (tmp_path / "run" / name).unlink()
    else:
        (tmp_path / "run" / name).write_bytes(content)
    found = find([tmp_path])
    (result,) = found.results
    assert found.skipped == []
    assert result.settings["variant"] == "gan"
    assert result.complete == (name != "config.yaml")
    assert (result.status == "unknown") == (name == "summary.json")
    assert bool(result.curves.series) == (name != "metrics.csv")


@pytest.mark.parametrize(
    "files",
    [
        {"summary.json": json.dumps({"accuracy": 1})},
        {"config.yaml": "wandb_version: 1\n"},
        {"metrics.csv": "epoch,loss\n1,2\n"},
        {"metrics.csv": ""},
        {"config.yaml": "{", "summary.json": "{"},
        {"evaluation.json": "{}"},
        {"evaluation.json": json.dumps({"measures": []})},
    ],
)
def test_foreign_folders_are_skipped_with_a_sentence(
    tmp_path: Path, config: dict[str, Any], files: dict[str, str]
) -> None:
    write_run(tmp_path / "run", config)
    (tmp_path / "foreign").mkdir()
    for name, text in files.items():
        (tmp_path / "foreign" / name).write_text(text)
    (tmp_path / "empty").mkdir()
    found = find([tmp_path, tmp_path / "empty"])
    assert [result.folder.name for result in found.results] == ["run"]
    empty, foreign = found.skipped
    assert empty == f"{tmp_path}/empty: there is no run of gan_lab below it"
    assert "foreign: " in foreign


def test_a_path_that_is_no_folder_is_refused_beside_others(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "run", config)
    for path, wrong in ((tmp_path / "nowhere", "does not exist"), (tmp_path / "run" / "config.yaml", "is no folder")):
        with pytest.raises(GanLabError, match=f"^{path} {wrong}: compare takes run folders"):
            find([tmp_path, path])


def test_each_run_once_in_natural_order(tmp_path: Path, config: dict[str, Any]) -> None:
    for number in (10, 2, 1):
        write_run(tmp_path / f"{number}_gan", config, steps=200)
    found = find([tmp_path, tmp_path / "2_gan", tmp_path / ".." / tmp_path.name])
    assert [result.folder.name for result in found.results] == ["1_gan", "2_gan", "10_gan"]
