"""Every combination of the values that a command line lists. Imports no torch."""

from collections.abc import Sequence
from itertools import product

from hydra.core.override_parser.types import Override

from gan_lab.errors import GanLabError


def combinations(overrides: Sequence[Override]) -> list[list[str]]:
    """Returns the overrides of each job of a grid: an element of the product of all lists, whose last list changes
    fastest. A key that is given twice has its last values.

    Raises GanLabError for an interval, which lists nothing. Hydra's own sweeper does the same.
    """
    values: dict[str, list[str]] = {}
    for override in overrides:
        several = override.is_sweep_override()
        if several and not override.is_discrete_sweep():
            raise GanLabError(f"{override.input_line}: a grid lists its values, an interval is for sweep=search")
        key = override.get_key_element()
        texts = override.sweep_string_iterator() if several else [override.get_value_element_as_str()]
        values[key] = [f"{key}={text}" for text in texts]
    return [[*job] for job in product(*values.values())]
