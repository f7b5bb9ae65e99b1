"""Every claim has an answer where its rows are there."""

import pytest

from gan_lab.reference.answer_table import Table
from gan_lab.reference.answers import ANSWERS, FINDINGS, answers
from gan_lab.reference.published import REFERENCE
from tests.reference.made import record


def test_answers_name_their_documents_and_come_in_the_order_of_these() -> None:
    assert [*ANSWERS.values()] == sorted(ANSWERS.values())
    assert {*FINDINGS} <= ANSWERS.keys()
    assert "\n- (000) **Does batch norm" in answers(
        ANSWERS, Table([record("gan", 10), record("gan_n1", 20)], REFERENCE)
    )


def test_what_is_not_there_is_left_out_and_what_is_broken_is_not() -> None:
    rows = [record("gan", 10), record("gan_n1", 20)]
    assert answers(ANSWERS, Table(rows, REFERENCE)).count("\n- ") == 5  # batch norm, and four that need no rows
    del rows[0]["measures"]["test"]["recall_k3"]
    with pytest.raises(KeyError):
        answers(ANSWERS, Table(rows, REFERENCE))
