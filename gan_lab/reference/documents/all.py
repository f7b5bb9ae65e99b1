"""All source documents, and everything that is asked about them."""

from gan_lab.reference.answer_table import Answer
from gan_lab.reference.documents import document_000, document_001, document_002, document_003, document_004
from gan_lab.reference.documents.entry import Document, Entry

DOCUMENTS: tuple[Document, ...] = (
    document_000.DOCUMENT,
    document_001.DOCUMENT,
    document_002.DOCUMENT,
    document_003.DOCUMENT,
    document_004.DOCUMENT,
)


def compared(entry: Entry) -> Answer:
    """Returns the answer that says whether rows agree with a statement, which names the pairs that it compares."""
    return lambda t: entry.verdict(t)


ENTRIES: tuple[Entry, ...] = tuple(entry for document in DOCUMENTS for entry in document.entries)
ANSWERS: tuple[Answer, ...] = (
    *dict.fromkeys(entry.answer for entry in ENTRIES if entry.answer is not None),
    *(compared(entry) for entry in ENTRIES if entry.compares),
)
