"""How a run is repeated: the command, and what it was run with. Imports no torch."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

from gan_lab.report.subject import Subject
from gan_lab.terminal.commands import typed
from gan_lab.trust.lenient import listed, mapping

COMMIT = re.compile(r"([0-9a-f]{7,64})(-dirty)?")


def command_of(subject: Subject) -> str:
    """Returns the command that trains the same, empty where it is not known.

    Its words are quoted anew, so that a shell runs nothing but gan_lab, whoever wrote the record.
    """
    if "overrides" in subject.config:
        return typed("gan_lab", *map(str, listed(subject.config["overrides"])))
    try:
        words = shlex.split(str(subject.summary.get("command", "")))
    except ValueError:
        return ""
    return shlex.join(words) if words[:3] == ["python", "-m", "gan_lab"] else ""


def code_of(subject: Subject) -> tuple[str, str]:
    """Returns the command that goes to the code of the run, and a sentence on it; either may be empty."""
    found = COMMIT.fullmatch(str(subject.summary.get("commit")))
    if found is None:
        return "", ""
    changed = "The code had changes that are in no commit." if found[2] else ""
    return shlex.join(["git", "checkout", found[1]]), changed


def facts(subject: Subject) -> list[list[str]]:
    """Returns the name and the value of everything else that the result may depend on."""
    summary = subject.summary
    machine, versions = mapping(summary.get("machine")), mapping(summary.get("versions"))
    known = {
        "seed": "" if subject.run.seed is None else str(subject.run.seed),
        "commit": str(summary.get("commit") or ""),
        "machine": in_words(machine),
        "versions": in_words(versions),
    }
    return [[name, text] for name, text in known.items() if text]


def in_words(values: Mapping[str, Any]) -> str:
    """Returns `torch 2.15.0, lightning 2.6.6`."""
    return ", ".join(f"{name} {value}" for name, value in values.items())
