"""The answers in the project's README name their documents, and are left out where their rows are missing."""

import pytest

from gan_lab.reference.answer_table import Table
from gan_lab.reference.answers import ASKED, FINDINGS, answers
from gan_lab.reference.mixture_answers import labels
from gan_lab.reference.published import REFERENCE
from tests.reference.made import three

ROWS = {"gan_dropout_0.3": 45.0, "gmgan_dynamic": 10.0, "gmgan_dynamic_unlabelled": 15.0}


def test_answers_name_their_documents() -> None:
    assert {*FINDINGS} <= {*ASKED}
    records = [one for row, fid in ROWS.items() for one in three(row, fid)]
    assert "\n- (001) **Do labels explain" in answers([labels], Table.asked_by([labels], records, REFERENCE))


def test_what_is_not_there_is_left_out_and_what_is_broken_is_not() -> None:
    records = [one for row, fid in ROWS.items() for one in three(row, fid)]
    assert answers(FINDINGS, Table(records, REFERENCE)).count("\n- ") == 1
    del records[0]["measures"]["test"]["fid"]
    with pytest.raises(KeyError):
        answers(FINDINGS, Table(records, REFERENCE))
