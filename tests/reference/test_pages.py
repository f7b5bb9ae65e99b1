"""The published pages say what the committed files say."""

import pytest

from gan_lab.reference import pages
from gan_lab.reference.pages import DOCUMENTS, filled
from gan_lab.reference.published import REFERENCE, TABLE
from gan_lab.reference.row_figures import drawable
from gan_lab.reference.row_records import read_records
from gan_lab.reference.table_page import text


def test_the_page_of_the_table_follows_from_its_records() -> None:
    """Whether these are of the rows as they are now takes longer to find out (`test_row_records`)."""
    records = read_records(TABLE)
    assert text(records, [], drawable(records), REFERENCE) == (REFERENCE / "README.md").read_text()


def test_marked_parts_of_documents_follow_from_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "records", lambda: read_records(TABLE))
    for document in DOCUMENTS:
        written = document.read_text()
        assert filled(written) == written, document
        emptied = pages.MARKED.sub(lambda found: f"{found[1]}{found[3]}", written)
        assert emptied != written
        assert filled(emptied) == written, document


def test_an_unknown_mark_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="typo"):
        filled("<!-- typo: python -m gan_lab.reference pages -->\nold\n<!-- end -->")
