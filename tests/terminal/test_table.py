"""Tables and paragraphs, as a terminal shows them."""

import re

import pytest

from gan_lab.terminal.table import against, aligned, cell, fitted, markdown, paragraph, table

LINES = [
    ["", "fid ↓", "precision_k3 ↑", "recall_k3 ↑", "passes per sample"],
    ["sampler=latent_reweighting sampler.steps=100", "13.56 ± 0.5", "0.67", "0.68", "1"],
    ["real (floor)", "5.25", "0.9", "0.92", "-"],
]


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = fitted(LINES, width)
    assert len(lines) == len(LINES)
    assert max(len(line) for line in lines) <= width
    assert "fid ↓" in lines[0]
    assert "13.56 ± 0.5" in lines[1], "values are never cut"


def test_columns_are_left_out_from_the_right_and_only_where_they_must_be() -> None:
    assert "passes per sample" in fitted(LINES, 200)[0]
    narrower = fitted(LINES, 80)
    assert "precision_k3 ↑" in narrower[0]
    assert "passes per sample" not in narrower[0]


def test_first_column_ends_in_dots_where_it_was_shortened() -> None:
    assert fitted(LINES, 30)[1].startswith("sampler=")
    assert "…" in fitted(LINES, 30)[1]
    assert "…" not in "".join(fitted(LINES, 200))


def test_markdown_has_every_value() -> None:
    lines = markdown({"best": {"fid": 1.5, "kid": 0.25}, "real": {"fid": 0.5}}).splitlines()
    assert [line.strip("| ").split(" | ") for line in (lines[0], *lines[2:])] == [
        ["measure", "best", "real"],
        ["fid", "1.5", "0.5"],
        ["kid", "0.25", "-"],
    ]


def test_a_paragraph_fits_and_keeps_paths_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "outputs/wgan_gp/2026-11-29_01-44-31-138973/a-b-c"
    text = f"Some words that go on and on until they do not fit, then a path that is {path} and more words after it."
    for columns in (60, 80, 300):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = paragraph(text).splitlines()
        assert max(len(line) for line in lines) <= min(columns, 100)
        assert path in paragraph(text)
        assert " ".join(lines) == text


def test_columns_end_below_each_other_and_names_start_at_the_left() -> None:
    lines = aligned([["", "a", "wide title"], ["recall", "0.25", "1"], ["x", "12345", "22"]])
    assert [line.split() for line in lines[1:]] == [["recall", "0.25", "1"], ["x", "12345", "22"]]
    assert {len(line) for line in lines} == {len("recall  12345  wide title")}
    assert [line.index(word) for line, word in zip(lines[1:], ("recall", "x"), strict=True)] == [0, 0]
    assert [line.index(word) + len(word) for line, word in zip(lines, ("a", "0.25", "12345"), strict=True)] == [13] * 3


def test_what_one_column_lacks_is_a_dash() -> None:
    head, *rest = [line.split() for line in table({"best": {"fid": 12.34567}, "last": {"kid": 1e-7}}).splitlines()[1:]]
    assert head == ["best", "last"]
    assert rest == [["fid", "12.35", "-"], ["kid", "-", "1e-07"]]


@pytest.mark.parametrize(("value", "shown"), [(None, "-"), (0.0, "0"), (123456.0, "1.235e+05"), (-0.5, "-0.5")])
def test_a_number_has_four_digits(value: float | None, shown: str) -> None:
    assert cell(value) == shown


def test_a_protocol_names_its_features_where_there_are_some() -> None:
    said = against({"reference_n": 300, "split": "test", "extractor": "pixels"})
    assert re.search(r"300 test samples.*pixels", said)
    plain = against({"reference_n": 300, "split": "test"})
    assert "300 test samples" in plain
    assert "features" not in plain
