"""Bars, and the line that names what they are for."""

import pytest

from gan_lab.terminal import bar as bars
from gan_lab.terminal.bar import bar, heading


def test_a_heading_names_the_work_above_its_bars(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(bars, "DELAY", 0.0)
    with heading("measuring the real images once"):
        assert [*bar(range(3), "neighbours")] == [0, 1, 2]
    printed = capsys.readouterr().err
    assert "measuring the real images once: 00:0" in printed.splitlines()[-1], "it stays, with the time"
    assert "neighbours" in printed


def test_what_is_quickly_done_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    with heading("measuring the real images once"):
        assert [*bar("ab", "neighbours")] == ["a", "b"]
    assert capsys.readouterr().err == ""


def test_bars_outside_of_it_are_not_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(bars, "DELAY", 0.0)
    with pytest.raises(ValueError, match="mistake"), heading("measuring"):
        raise ValueError("mistake")
    capsys.readouterr()
    assert [*bar(range(3), "neighbours")] == [0, 1, 2]
    assert "measuring" not in capsys.readouterr().err
    assert bars._heading.get() is None, "it would be kept, and told of every later item"


def test_the_items_come_as_they_are() -> None:
    assert [*bar((2, 0, 1), "numbers")] == [2, 0, 1]
