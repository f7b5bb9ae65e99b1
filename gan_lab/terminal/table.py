"""Tables for the terminal. Imports no torch."""

from collections.abc import Mapping


def table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """Returns a table with a line for each measure and a column for each mapping; a dash marks a missing measure."""
    measures = list(dict.fromkeys(name for values in columns.values() for name in values))
    lines = [["", *columns], *([name, *(cell(values.get(name)) for values in columns.values())] for name in measures)]
    return "\n".join(["", *aligned(lines)])


def cell(value: float | None) -> str:
    """Returns the value with four digits, or a dash for None."""
    return "-" if value is None else f"{value:.4g}"


def aligned(lines: list[list[str]]) -> list[str]:
    """Returns the lines with aligned columns, the first one to the left and the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def against(protocol: Mapping[str, str | int | float]) -> str:
    """Returns the protocol as a phrase: measures of different protocols cannot be compared."""
    extractor = f" on features of {protocol['extractor']}" if "extractor" in protocol else ""
    if "extractor_made_for" in protocol:
        extractor += f" (made for {protocol['extractor_made_for']})"
    return f"compared with {protocol['reference_n']} {protocol['split']} samples{extractor}; as many were generated"
