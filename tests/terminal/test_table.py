"""Tables and paragraphs that fit a terminal."""

import pytest

from gan_lab.terminal.table import fitted, markdown, paragraph

LINES = [
    ["", "fid ↓", "precision_k3 ↑", "recall_k3 ↑", "passes per sample"],
    ["sampler=latent_reweighting sampler.steps=100", "13.56 ± 0.5", "0.67", "0.68", "1"],
    ["real (floor)", "5.25", "0.9", "0.92", "-"],
]


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    table = fitted(LINES, width)
    assert len(table) == len(LINES)
    assert max(len(line) for line in table) <= width
    assert "fid ↓" in table[0]
    assert "13.56 ± 0.5" in table[1], "values are never cut"


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
