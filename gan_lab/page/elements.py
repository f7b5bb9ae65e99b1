"""Elements of a page or a notebook: texts, tables, commands and pictures. Every text is escaped. Imports no torch."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from gan_lab.metric.headline import LEGEND
from gan_lab.runs.picture_file import png_of
from gan_lab.terminal.table import cell

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

Columns = Mapping[str, Mapping[str, float | str]]


def html_table(columns: Columns) -> str:
    """Returns a table with a line for each measure and a column for each mapping."""
    measures = dict.fromkeys(name for values in columns.values() for name in values)
    rows = [[name, *(cell(values.get(name)) for values in columns.values())] for name in measures]
    return f"{table_of(['measure', *columns], rows)}<small>{LEGEND}</small>"


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a table whose columns and rows have heads, as a screen reader tells them."""
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    lines = [
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(text)}</td>" for text in texts)}</tr>'
        for name, *texts in rows
    ]
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def paragraph(text: str) -> str:
    """Returns a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def preformatted(text: str) -> str:
    """Returns plain text whose lines stay as they are."""
    return f"<pre>{escape(text)}</pre>"


def embedded(picture: "Image.Image | Figure") -> str:
    """Returns a picture as an element of a page."""
    return image(png_of(picture), "png", "")


def image(content: bytes, kind: str, described: str) -> str:
    """Returns the bytes of a picture as an element, with words for those who do not see it."""
    return f'<img alt="{escape(described)}" src="data:image/{kind};base64,{b64encode(content).decode()}">'
