"""Makes texts of unknown origin harmless for the program that shows them: one function for each. Imports no torch.

For a terminal there is `gan_lab.trust.lenient.printable`, and data inside a page are JSON without `<`
(`gan_lab.page.document.data_element`).
"""

import re
from typing import Any

FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]+(e[+-]?\d+)?$|inf$|nan$)")


def without_html(text: str) -> str:
    """Returns a text in which nothing is a tag, a link or a picture for Markdown: the tables have none of their own."""
    return text.replace("<", "&lt;").replace("](", "]&#40;")


def markdown_cell(text: str) -> str:
    """Returns text for a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())


def no_formula(cell: Any) -> Any:
    """Returns a cell that no spreadsheet calculates: texts that begin like a formula get an apostrophe, unless they are
    numbers."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell
