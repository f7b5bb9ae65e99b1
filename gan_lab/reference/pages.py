"""The marked parts of Markdown documents, and outputs/reference/README.md, rewritten from the published files."""

import re
from collections.abc import Callable, Sequence

from gan_lab.reference.answer_table import Table
from gan_lab.reference.answers import ASKED, FINDINGS, answers
from gan_lab.reference.doctor_page import write_doctor_page
from gan_lab.reference.documents import source_page
from gan_lab.reference.documents.all import DOCUMENTS as SOURCES
from gan_lab.reference.history import history
from gan_lab.reference.published import REFERENCE, ROOT, TABLE, Record
from gan_lab.reference.row_figures import TITLES, draw, drawable
from gan_lab.reference.row_records import current
from gan_lab.reference.row_settings import wanted_settings
from gan_lab.reference.rows import on_digits
from gan_lab.reference.sampler_page import overview
from gan_lab.reference.sheet import sheet
from gan_lab.reference.speed_sentences import sentences, speed_of_measuring, speed_table
from gan_lab.reference.table_page import summary, text
from gan_lab.runs.atomic import write_text
from gan_lab.runs.picture_file import save_picture
from gan_lab.study.study_results import COMMITTED, committed
from gan_lab.study.written_page import write_page
from gan_lab.trust.foreign import read_json

DOCUMENTS = (
    ROOT / "README.md",
    REFERENCE / "speed.md",
    ROOT / "gan_lab" / "metric" / "README.md",
    ROOT / "gan_lab" / "sampler" / "README.md",
)
"""The documents that have marked parts."""

MARKED = re.compile(r"(<!-- (\w+): python -m gan_lab\.reference pages -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL)


def records() -> list[Record]:
    """Returns the table's records that have the present settings of their rows."""
    return current(TABLE, wanted_settings())[0]


PARTS: dict[str, Callable[[], str]] = {
    "rows": lambda: summary(records()),
    "findings": lambda: answers(FINDINGS, Table.asked_by(ASKED, records(), REFERENCE)),
    "speed": lambda: speed_table(read_json(REFERENCE / "benchmark_training.json")),
    "training": lambda: sentences(read_json(REFERENCE / "benchmark_training.json")),
    "measuring": lambda: speed_of_measuring(read_json(REFERENCE / "benchmark_measuring.json")),
    "samplers": lambda: overview(read_json(REFERENCE / "samplers" / "samplers.json")),
}
"""The functions that write the text between each pair of marks, in the order of the documents."""


def filled(text: str) -> str:
    """Returns a document with the text between its marks rewritten. Raises KeyError for an unknown mark."""
    return MARKED.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def page() -> str:
    """Returns the text of outputs/reference/README.md."""
    found, stale = current(TABLE, wanted_settings())
    return text(found, stale, drawable(found), REFERENCE)


def source_pages(found: Sequence[Record]) -> dict[str, str]:
    """Returns the pages of the source documents by their numbers."""
    answered = Table.asked_by(ASKED, found, REFERENCE)
    drawn = {name: TITLES[name] for name in drawable(found)}
    return {source.number: source_page.text(source, answered, drawn) for source in SOURCES}


def write_pages() -> None:
    """Writes the marked parts of all documents, the pages of the table, of the source documents, of the older table, of
    the doctor and of the study, and the figures of the table and of the study."""
    found = records()
    draw(found, TABLE)
    if any(on_digits(record["row"]) for record in found):
        save_picture(sheet(found, TABLE), TABLE / "figures" / "rows.png", optimize=True)
    write_text(REFERENCE / "README.md", page())
    write_text(REFERENCE / "history" / "README.md", history(REFERENCE / "history", found))
    for number, written in source_pages(found).items():
        write_text(REFERENCE / "documents" / f"{number}.md", written)
    write_doctor_page(found, TABLE, REFERENCE)
    write_page(committed(), COMMITTED / "README.md")
    for document in DOCUMENTS:
        write_text(document, filled(document.read_text(encoding="utf-8")))
