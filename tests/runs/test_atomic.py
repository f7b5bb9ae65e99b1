"""Files and folders appear whole or not at all, and nothing else is touched."""

import errno
import json
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf, nan
from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import (
    keep_as,
    refuse_taken,
    remove_dead,
    replacing,
    replacing_folder,
    write_json,
    write_text,
)
from gan_lab.runs.run_folder import RunFolder
from tests.forked import FORKS


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_appears_with_all_its_files(tmp_path: Path, exists: bool) -> None:
    out = tmp_path / "deep" / "out"
    if exists:
        out.mkdir(parents=True)
    with replacing_folder(out) as folder:
        (folder / "a").write_text("a")
        assert not (out / "a").exists()
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert (out / "a").read_text() == "a"


def write(folder: Path, then: Callable[[], object]) -> None:
    with replacing_folder(folder) as temporary:
        (temporary / "a").write_text("mine")
        then()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "out", (tmp_path / "nothing").rmdir)
    assert [*tmp_path.iterdir()] == []


def test_what_somebody_else_wrote_stays(tmp_path: Path) -> None:
    out, theirs = tmp_path / "out", tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "a").write_text("theirs")
    with pytest.raises(GanLabError, match="exists and is not empty"):
        write(out, lambda: theirs.rename(out))
    assert (out / "a").read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(GanLabError, match="exists and is not empty"):
        refuse_taken(out / "a")


def test_a_file_is_replaced_in_one_piece(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    write_text(path, "old")
    with replacing(path) as file:
        file.write(b"ne")
        file.flush()
        assert path.read_text() == "old"
        file.write(b"w")
    assert path.read_text() == "new"
    assert [found.name for found in path.parent.iterdir()] == ["a.txt"]


def half(path: Path) -> None:
    with replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_a_file_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "old")
    with pytest.raises(KeyboardInterrupt):
        half(tmp_path / "a")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "a").symlink_to(elsewhere)
    write_text(tmp_path / "a", "mine")
    assert elsewhere.read_text() == "precious"
    assert (tmp_path / "a").read_text() == "mine"
    assert not (tmp_path / "a").is_symlink()


def test_others_may_read_what_the_system_lets_them(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text(tmp_path / "ours", "")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "ours")]
    assert modes[0] == modes[1]


def test_json_has_null_for_what_is_not_finite(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"a": [1.5, nan], "b": {"c": (inf, "x")}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": [1.5, None], "b": {"c": [None, "x"]}}


@contextmanager
def killed(path: Path) -> Iterator[None]:
    """Another process that is killed while it writes this file and this folder."""
    process = FORKS.Process(target=die_writing, args=(path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    yield


def die_writing(path: Path) -> None:
    with replacing_folder(path.with_name("out")) as folder, replacing(path) as file:
        (folder / "a").write_text("half")
        file.write(b"half")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with killed(path):
        left = [found.name for found in tmp_path.iterdir()]
        assert sorted(name.split(".")[1] for name in left) == ["a", "out"]
        with replacing(tmp_path / "b.txt") as other:
            write_text(path, "whole")
            assert len([*tmp_path.glob(".b.txt.*")]) == 1, "it is being written"
            remove_dead(tmp_path)
            other.write(b"b")
        assert sorted(found.name for found in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_a_run_folder_is_cleared_of_what_killed_writers_left(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    for place in (run.config, run.checkpoint("previous"), run.samples / "latest.png"):
        place.parent.mkdir(parents=True, exist_ok=True)
        with killed(place):
            pass
    (run.path / "notes.partial").touch()
    with replacing(run.metrics):
        run.remove_partial_files()
        assert len([path for path in run.path.rglob("*") if path.is_file()]) == 2, (
            "the user's file, and one being written"
        )


def test_a_second_name_outlives_the_first(tmp_path: Path) -> None:
    path, second = tmp_path / "a", tmp_path / "b"
    for text in ("1", "2", "3"):
        write_text(path, text)
        keep_as(path, second)
        keep_as(path, second)  # two names of one file
        assert second.read_text() == text
    write_text(path, "4")
    assert second.read_text() == "3"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a", "b"]


def test_an_error_of_the_system_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(OSError, match="No space left") as full, replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert full.value.filename == str(path)
    assert [*tmp_path.iterdir()] == []
