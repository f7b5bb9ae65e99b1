"""Tables for the terminal. Imports no torch."""

from collections.abc import Mapping


def table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """One line for each measure, one aligned column for each mapping; a measure that is missing is a dash."""
    measures = list(dict.fromkeys(name for values in columns.values() for name in values))
    lines = [["", *columns], *([name, *(cell(values.get(name)) for values in columns.values())] for name in measures)]
    return "\n".join(["", *aligned(lines)])


def cell(value: float | None) -> str:
    """Four digits."""
    return "-" if value is None else f"{value:.4g}"


def aligned(lines: list[list[str]]) -> list[str]:
    """The lines' cells under each other, the first to the left and the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def against(protocol: Mapping[str, str | int | float]) -> str:
    """The protocol in a sentence: numbers of another one are other numbers."""
    extractor = f" by {protocol['extractor']}" if "extractor" in protocol else ""
    return f"against {protocol['reference_n']} {protocol['split']} samples{extractor}; as many were generated"
