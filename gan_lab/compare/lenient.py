"""Reads values from files of unknown origin, which may be of any type."""

from math import isfinite
from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """Returns the value if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Returns the value if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    """Returns the value if it is a whole number, otherwise None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def finite_numbers(values: Any) -> dict[str, float]:
    """Returns those of the values that are finite numbers."""
    return {
        name: float(value)
        for name, value in mapping(values).items()
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    }
