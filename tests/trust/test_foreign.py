"""Files of others are read within limits, and what is no mapping of plain values is refused."""

import os
from pathlib import Path

import pytest

from gan_lab.errors import UnreadableFileError
from gan_lab.trust import foreign
from gan_lab.trust.foreign import read_json, read_yaml


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": 1}')
    monkeypatch.setattr(foreign, "MOST_BYTES", 8)
    assert read_json(path) == {"a": 1}
    path.write_text('{"a": 10}')
    with pytest.raises(UnreadableFileError, match=r"^a\.json has more than 8 bytes"):
        read_json(path)


def test_values_are_counted_and_so_are_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    monkeypatch.setattr(foreign, "MOST_VALUES", 4)
    monkeypatch.setattr(foreign, "DEEPEST", 3)
    path.write_text("a: [1, 2]\nb: 3\n")
    assert read_yaml(path) == {"a": [1, 2], "b": 3}
    path.write_text("a: [1, 2, 4]\nb: 3\n")
    with pytest.raises(UnreadableFileError, match="holds more than 4 values"):
        read_yaml(path)
    path.write_text("a: {b: 1}\n")
    assert read_yaml(path) == {"a": {"b": 1}}
    path.write_text("a: {b: {c: 1}}\n")
    with pytest.raises(UnreadableFileError, match="nested more than 3 levels deep"):
        read_yaml(path)


def test_what_is_no_mapping_of_plain_values_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    for text, why in (
        ("[1]", "does not hold a mapping"),
        ("a: !!python/object/apply:os.system [ls]", "is damaged"),
        ("a: &a {x: 1}\nb: {<<: *a}", "is damaged"),
        ("a: [", "is damaged"),
    ):
        path.write_text(text)
        with pytest.raises(UnreadableFileError, match=why):
            read_yaml(path)
    path.unlink()
    with pytest.raises(UnreadableFileError, match="is missing"):
        read_yaml(path)
    os.mkfifo(path)
    with pytest.raises(UnreadableFileError, match="is no regular file"):
        read_yaml(path)
