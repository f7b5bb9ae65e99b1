"""Whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.runs.whole_folder import refuse_taken, whole_folder


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_appears_with_all_its_files(tmp_path: Path, exists: bool) -> None:
    out = tmp_path / "deep" / "out"
    if exists:
        out.mkdir(parents=True)
    with whole_folder(out) as folder:
        (folder / "a").write_text("a")
        assert not (out / "a").exists()
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert (out / "a").read_text() == "a"


def write(folder: Path, then: Callable[[], object]) -> None:
    with whole_folder(folder) as temporary:
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
