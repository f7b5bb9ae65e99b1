"""The published pages say what the committed files say."""

import json
from pathlib import Path

import pytest
from PIL import Image

from gan_lab.reference import doctor_page, pages
from gan_lab.reference.examined_rows import examined_finals, examined_rows
from gan_lab.reference.history import history
from gan_lab.reference.pages import DOCUMENTS, filled
from gan_lab.reference.published import REFERENCE, TABLE
from gan_lab.reference.row_figures import drawable
from gan_lab.reference.row_records import read_records
from gan_lab.reference.table_page import text
from gan_lab.reference.unseen_records import read_unseen
from gan_lab.study.study_results import committed


def test_the_page_of_the_table_follows_from_its_records() -> None:
    """Whether these are of the rows as they are now takes longer to find out (`test_row_records`)."""
    records = read_records(TABLE)
    assert text(records, [], drawable(records), REFERENCE) == (REFERENCE / "README.md").read_text()
    found = examined_rows(records, TABLE), read_unseen(), examined_finals(committed().methods)
    assert doctor_page.page(*found) == (REFERENCE / "doctor.md").read_text()
    assert doctor_page.all_counts(*found) == json.loads((REFERENCE / "doctor.json").read_text())
    assert history(REFERENCE / "history", records) == (REFERENCE / "history" / "README.md").read_text()
    written = {path.stem: path.read_text() for path in (REFERENCE / "documents").glob("*.md")}
    assert pages.source_pages(records) == written


def test_marked_parts_of_documents_follow_from_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "records", lambda: read_records(TABLE))
    for document in DOCUMENTS:
        written = document.read_text()
        assert filled(written) == written, document
        emptied = pages.MARKED.sub(lambda found: f"{found[1]}{found[3]}", written)
        assert emptied != written
        assert filled(emptied) == written, document


def test_all_pages_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the drawings, which have tests of their own."""
    document = tmp_path / "document.md"
    document.write_text("<!-- speed: python -m gan_lab.reference pages -->\nold\n<!-- end -->\n")
    for name, value in (("TABLE", tmp_path), ("REFERENCE", tmp_path), ("DOCUMENTS", [document])):
        monkeypatch.setattr(pages, name, value)
    monkeypatch.setattr(pages, "records", list)
    monkeypatch.setitem(pages.PARTS, "speed", lambda: "fast")
    monkeypatch.setattr(pages, "draw", lambda found, folder: None)
    monkeypatch.setattr(pages, "sheet", lambda found, folder: Image.new("L", (2, 2)))
    monkeypatch.setattr(pages, "page", lambda: "the table")
    monkeypatch.setattr(pages, "history", lambda folder, found: "the table before")
    for name in ("history", "documents"):
        (tmp_path / name).mkdir()
    pages.write_pages()
    assert (tmp_path / "README.md").read_text() == "the table"
    assert "No row has a record yet." in (tmp_path / "doctor.md").read_text()
    assert len([*(tmp_path / "documents").glob("*.md")]) == 5
    assert document.read_text().splitlines()[1] == "fast"
    assert not (tmp_path / "figures").exists(), "there are no rows"


def test_an_unknown_mark_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="typo"):
        filled("<!-- typo: python -m gan_lab.reference pages -->\nold\n<!-- end -->")
