"""What was found out about a run, as summary.json holds it. Imports no torch.

A run has findings where its summary has a list `findings` of mappings: `name`, `serious`, `sentence`, `figure` and
`command`.
The figure is a number or a text, or the path of a PNG inside the run folder. Any of them may be missing.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_lab.page.thumbnails import shrunk
from gan_lab.terminal.table import cell
from gan_lab.trust.lenient import listed, mapping

FINDINGS = "findings"
MOST = 50
WIDTH = 900
"""The approximate width of the picture of a finding in pixels."""


@dataclass(frozen=True)
class Finding:
    """A finding: a sentence, what shows it (a text or a picture), and a command that shows more or mends it. If it is
    not serious, the run did not fail."""

    name: str
    serious: bool
    sentence: str
    figure: str
    picture: bytes | None
    command: str


def findings_of(summary: Mapping[str, Any], folder: Path) -> list[Finding]:
    """Returns the findings of a summary, which anybody may have written."""
    return [finding_of(mapping(one), folder) for one in listed(summary.get(FINDINGS))[:MOST] if mapping(one)]


def finding_of(one: Mapping[str, Any], folder: Path) -> Finding:
    figure = one.get("figure", "")
    text = cell(float(figure)) if isinstance(figure, int | float) and not isinstance(figure, bool) else said(figure)
    picture = picture_of(text, folder)
    return Finding(
        name=said(one.get("name")),
        serious=one.get("serious") is not False,
        sentence=said(one.get("sentence")),
        figure="" if picture else text,
        picture=picture,
        command=harmless(said(one.get("command"))),
    )


def said(value: Any) -> str:
    return "" if value is None else str(value)


def picture_of(text: str, folder: Path) -> bytes | None:
    """Returns the PNG at a path inside the folder; None for any other text."""
    path = folder / text
    if not text.endswith(".png") or not path.resolve().is_relative_to(folder.resolve()):
        return None
    return shrunk(path, None, WIDTH)


def harmless(command: str) -> str:
    """Returns a command in which a shell runs nothing but the program named first, since it may be pasted from the
    page; nothing where it cannot be read."""
    try:
        return shlex.join(shlex.split(command))
    except ValueError:
        return ""
