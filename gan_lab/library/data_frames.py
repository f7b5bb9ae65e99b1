"""Rows as a data frame of pandas, which gan_lab itself does not need. Imports no torch."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from gan_lab.errors import GanLabError


def data_frame(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Returns a pandas.DataFrame with a line for each row. Raises GanLabError where pandas is not installed."""
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise GanLabError("a data frame needs pandas, which is not installed: pip install pandas") from error
    return pandas.DataFrame(list(rows))
