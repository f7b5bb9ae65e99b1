"""Tables for the terminal. Imports no torch."""

import shutil
import textwrap
from collections.abc import Iterable, Mapping

from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.trust.lenient import printable
from gan_lab.trust.texts import markdown_cell

FEW = 3
"""So many values, or fewer, hardly tell a standard deviation."""


def table(columns: Mapping[str, Mapping[str, float | str]]) -> str:
    """Returns a table with a line for each measure and a column for each mapping; a dash marks a missing measure."""
    measures = list(dict.fromkeys(name for values in columns.values() for name in values))
    lines = [["", *columns], *([name, *(cell(values.get(name)) for values in columns.values())] for name in measures)]
    return "\n".join(["", *aligned(lines)])


def markdown(columns: Mapping[str, Mapping[str, float | str]]) -> str:
    """Returns the same table in Markdown."""
    measures = list(dict.fromkeys(name for values in columns.values() for name in values))
    rows = [[name, *(cell(values.get(name)) for values in columns.values())] for name in measures]
    head, *lines = [[*map(markdown_cell, row)] for row in [["measure", *columns], *rows]]
    return markdown_table(head, lines) + "\n"


def paragraph(text: str) -> str:
    """Returns the text in lines that fit the terminal, 100 characters wide at most; paths and words stay whole."""
    width = min(100, terminal_width())
    return textwrap.fill(printable(text), width, break_long_words=False, break_on_hyphens=False)


def cell(value: float | str | None) -> str:
    """Returns the value with four digits, a text as it is, or a dash for None."""
    return "-" if value is None else value if isinstance(value, str) else f"{value:.4g}"


def fitted(lines: list[list[str]], width: int) -> list[str]:
    """Returns the lines aligned and no wider than `width`: columns on the right are left out until two remain, then
    the texts of the first one are shortened."""
    while len(lines[0]) > 2 and len(aligned(lines)[0]) > width:
        lines = [line[:-1] for line in lines]
    room = max(8, width - len(aligned([line[1:] for line in lines])[0]) - 2)
    return aligned([[line[0] if len(line[0]) <= room else line[0][: room - 1] + "…", *line[1:]] for line in lines])


def terminal_width() -> int:
    """Returns the number of columns of the terminal, 80 where there is none."""
    return shutil.get_terminal_size().columns


def aligned(lines: list[list[str]]) -> list[str]:
    """Returns the lines with aligned columns, the first one to the left and the others to the right."""
    lines = [[printable(text) for text in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def spread_in_words(counts: Iterable[int], of: str) -> str:
    """Returns what stands behind a ± over so many values each, `runs of a row`; nothing where none is over several."""
    several = sorted({count for count in counts if count > 1})
    if not several:
        return ""
    many = " to ".join(str(count) for count in dict.fromkeys((several[0], several[-1])))
    doubt = ": from two or three, a rough estimate" if several[0] <= FEW else ""
    return f"± is the standard deviation over the {many} {of}{doubt}"


def against(protocol: Mapping[str, str | int | float]) -> str:
    """Returns the protocol as a phrase: measures of different protocols cannot be compared."""
    prepared = f" ({protocol['image_preparation']})" if "image_preparation" in protocol else ""
    extractor = f" on features of {protocol['extractor']}" if "extractor" in protocol else ""
    if "extractor_made_for" in protocol:
        extractor += f" (made for {protocol['extractor_made_for']})"
    real = f"{protocol['reference_n']} {protocol['split']} samples{prepared}"
    return f"compared with {real}{extractor}; as many were generated"
