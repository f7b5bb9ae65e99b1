"""What strangers' files hold, as far as it is of the kind that is expected."""

from math import isfinite
from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is one with names."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value if it is a list."""
    return value if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    """The value if it is a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def finite_numbers(values: Any) -> dict[str, float]:
    """The numbers among the values."""
    return {
        name: float(value)
        for name, value in mapping(values).items()
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    }
