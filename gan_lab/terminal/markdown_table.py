"""Tables in Markdown. Imports no torch."""

from collections.abc import Iterable, Sequence


def markdown_table(head: Sequence[str], lines: Iterable[Sequence[str]], rules: Sequence[str] = ()) -> str:
    """Returns a head and lines of cells as a table, in which all columns but the first are aligned to the right.

    `rules` aligns them otherwise: `---` to the left, `---:` to the right. Cells are taken as they are; those that may
    hold anything go through `trust.texts.markdown_cell` first.
    """
    rules = rules or ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *lines))
