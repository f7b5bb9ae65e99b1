"""The pages outputs/reference/documents/00X.md, and the list of all claims on the page of the table."""

from gan_lab.reference.answer_table import MissingRowError, Table
from gan_lab.reference.answers import rule
from gan_lab.reference.documents.all import DOCUMENTS
from gan_lab.reference.documents.entry import NOT_YET, Document, Entry
from gan_lab.terminal.markdown_table import markdown_table

FIGURES = {
    "000": ("n_critic", "dropout", "batch_norm", "clipping", "lambda", "depth", "weights"),
    "001": ("mixtures", "labels", "classes", "sigma", "components", "alpha", "encoder", "stability"),
    "002": ("sides", "unconstrained", "energies"),
    "003": ("clipping",),
    "004": ("clipping",),
}
"""The figures that show what a document shows, by the names of `row_figures`."""


def text(document: Document, t: Table, drawn: dict[str, str]) -> str:
    """Returns the page of a document. `drawn` are the titles of the figures that exist, by name."""
    parts = [
        f"# Document {document.number}: {document.title}",
        "Each statement of the document in its own order, what our rows say of it, and what is right where the "
        "document has a slip. *Agrees*, *disagrees* and *undecided* are said of statements that compare rows; "
        "*measured* ones are answered below them. A statement that rows are alike can be contradicted, and is "
        "otherwise undecided. [The table of all rows](../README.md) says how they were measured.",
        rule(t).strip(),
    ]
    for number, entry in enumerate(document.entries, start=1):
        parts.append(f"## {number}. {entry.said}")
        parts += [part for part in (entry.note, said(entry, t)) if part]
    parts += ["## What the document leaves open", "\n".join(f"- {setting}" for setting in document.open)]
    figures = [f"![{drawn[name]}](../table/figures/{name}.png)" for name in FIGURES[document.number] if name in drawn]
    parts += ["## Figures", *(figures or ["They are drawn when their rows have been trained."])]
    return "\n\n".join(parts) + "\n"


def said(entry: Entry, t: Table) -> str:
    """Returns the verdict and the answer in words; empty for a statement that no row can answer."""
    if not entry.answerable:
        return ""
    try:
        verdict = entry.verdict(t)
        answer = entry.answer(t) if entry.answer is not None else entry.values(t)
    except MissingRowError as missing:
        return f"*{NOT_YET.capitalize()}*: `{missing}` is missing."
    return f"*{verdict.capitalize()}.* {answer}"


def claims(t: Table) -> str:
    """Returns a Markdown table of all statements that rows can answer, with the verdicts."""
    lines = []
    for document in DOCUMENTS:
        for entry in document.entries:
            if not entry.answerable:
                continue
            try:
                verdict, values = entry.verdict(t), entry.values(t)
                if entry.answer is not None:
                    entry.answer(t)
            except MissingRowError:
                verdict, values = NOT_YET, ""
            lines.append((f"[{document.number}](documents/{document.number}.md)", entry.said, verdict, values))
    return markdown_table(["document", "statement", "our rows", "FID"], lines, ["---"] * 4)
