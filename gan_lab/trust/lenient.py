"""Reads values from files of unknown origin, which may be of any type."""

import re
from math import inf, isfinite
from typing import Any

LONGEST = 10_000
"""Characters of a text that are kept."""
LARGEST = 2**63
MEASURE = re.compile(r"[A-Za-z][\w.@+ -]{0,80}(/[\w.@+ -]{1,80}){0,3}")
OBJECT = {
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
}
"""What every object of a browser's script has: no measure has such a name."""


def tamed(value: Any) -> Any:
    """Returns the same nested value of texts, finite whole numbers and others that every later step can handle: keys
    are texts, and a text has no control characters, which a terminal would obey."""
    if isinstance(value, dict):
        return {printable(str(key)): tamed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [tamed(item) for item in value]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and -LARGEST < value < LARGEST:
        return value
    return printable(str(value) if not isinstance(value, int) else "a number beyond 64 bits")


def printable(text: str) -> str:
    """Returns the text with a space for each character that is not printable, cut off where it is long."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST])


def finite(value: int | float) -> bool:
    """Returns whether a number is finite, also as a float."""
    try:
        return isfinite(value)
    except OverflowError:
        return False


def named_measure(name: str) -> bool:
    """Returns whether a text can be the name of a measure or a term."""
    return MEASURE.fullmatch(name) is not None and name not in OBJECT


def mapping(value: Any) -> dict[str, Any]:
    """Returns the value if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Returns the value if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    """Returns the value if it is a whole number, otherwise None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def finite_pairs(values: Any) -> dict[str, tuple[float, float]]:
    """Returns those of the values that are a list of two finite numbers, the lower first, by names that a measure can
    have."""
    ends = [finite_numbers({name: ends[i] for name, ends in pairs(values)}) for i in (0, 1)]
    return {name: (low, ends[1][name]) for name, low in ends[0].items() if low <= ends[1].get(name, -inf)}


def pairs(values: Any) -> list[tuple[str, list[Any]]]:
    """Returns the names and values of a mapping whose values are lists of two."""
    return [(name, pair) for name, pair in mapping(values).items() if isinstance(pair, list) and len(pair) == 2]


def finite_numbers(values: Any) -> dict[str, float]:
    """Returns those of the values that are finite numbers, by names that a measure can have."""
    return {
        name: float(value)
        for name, value in mapping(values).items()
        if isinstance(value, int | float) and not isinstance(value, bool) and finite(value) and named_measure(name)
    }
