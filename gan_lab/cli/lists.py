"""Values that are lists, and how they are written. Imports no torch."""

import re
from functools import cache

from gan_lab.config.choices import values

ELEMENTS = re.compile(r"[\w.+/-]+([,; ]+[\w.+/-]+)*")
"""One or more plain values without brackets."""
COMMAS = re.compile(r",(?![^\[]*\])")
"""The commas that stand in no inner list."""


@cache
def kinds(key: str, root: str) -> dict[bool, list[str]]:
    """Returns the choices with which a key is a list (True), and those with which it is something else (False)."""
    found: dict[bool, list[str]] = {}
    for choice, value in values(root).get(key, {}).items():
        if value is not None and "${" not in str(value) and not choice.startswith(("experiment=", "model=")):
            found.setdefault(isinstance(value, list), []).append(choice)
    return found


def is_list(key: str, root: str) -> bool:
    """Returns whether the value of a key is a list with every choice."""
    return {*kinds(key, root)} == {True}


def bracketed(value: str) -> str | None:
    """Returns what was written as (a,b), `a b` or a,b as a list, None where it is none of these."""
    inner = value[1:-1].strip(", ") if value.startswith("(") and value.endswith(")") else value
    return f"[{','.join(re.split(r'[,; ]+', inner))}]" if ELEMENTS.fullmatch(inner) and inner != "null" else None


def as_list(key: str, value: str, root: str) -> str:
    """Returns an assignment, with the brackets that it needs where the key is a list."""
    inside = bracketed(value)
    if inside is None or value == "VALUE" or True not in kinds(key, root):
        return f"{key}={value if inside is None or not value.startswith('(') else inside}"
    if key.endswith("betas") and "," not in inside:
        inside = f"{inside[:-1]},0.999]"
    others = kinds(key, root).get(False)
    return f"{key}={inside}" + (f" (a number with {' or '.join(others[:2])})" if others and "," not in inside else "")


def with_quotes(value: str) -> str:
    """Returns a value that cannot be read with single quotes around it; if it is a list, around those of its elements
    that are not plain."""
    if value.startswith("[") and value.endswith("]"):
        return f"[{','.join(with_quotes(element.strip()) for element in COMMAS.split(value[1:-1]))}]"
    return value if ELEMENTS.fullmatch(value) and " " not in value else f"'{value.strip(chr(39))}'"
