"""The findings of a run as they are written down and printed. Imports no torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from gan_lab.doctor.command_to_try import command_to_try
from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.examination import examined
from gan_lab.terminal.table import paragraph

Record = dict[str, Any]


def records(run: Evidence) -> list[Record]:
    """Returns the findings of a run as summary.json holds them, with the command to try of each."""
    return [
        {
            "name": found.name,
            "serious": found.serious,
            "sentence": found.sentence,
            "figure": found.evidence,
            "command": command_to_try(found, run),
        }
        for found in examined(run)
    ]


def explained(found: Sequence[Mapping[str, Any]]) -> str:
    """Returns the findings as paragraphs: what it is, with its figure, and the command to try on a line of its own."""
    return "\n".join(text for one in found for text in of_one(one))


def of_one(one: Mapping[str, Any]) -> list[str]:
    command = one["command"]
    return [
        paragraph(f"{one['name']}{'' if one['serious'] else ' (not serious)'}: {one['sentence']} ({one['figure']})"),
        *([f"  try: {command}"] if command else []),
    ]
