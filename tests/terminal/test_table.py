"""Tables as a terminal shows them."""

import re

import pytest

from gan_lab.terminal.table import against, aligned, cell, table


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
