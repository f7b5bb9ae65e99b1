"""Checks how long a run is said to be."""

from collections.abc import Mapping, Sequence
from typing import Any

from gan_lab.domains import Length, PositiveInt, conform
from gan_lab.errors import GanLabError

LENGTHS: dict[str, Any] = {"epochs": Length | None, "generator_steps": PositiveInt | None}


def check_length(config: Mapping[str, Any], overrides: Sequence[str]) -> None:
    """Raises GanLabError for a length that is no number above 0, for none, and for two.

    Each data set has a number of epochs, which generator_steps replaces. So only what the command line says counts as
    a second length.
    """
    for key, hint in LENGTHS.items():
        conform(config.get(key), hint, key)
    given = dict(override.lstrip("+").partition("=")[::2] for override in overrides)
    asked = [key for key in LENGTHS if given.get(key, "null") != "null"]
    if len(asked) == 2:
        raise GanLabError(
            f"epochs={given['epochs']} and generator_steps={given['generator_steps']} are two lengths: give one of them"
        )
    if asked == ["epochs"] and config.get("generator_steps") is not None:
        raise GanLabError(
            f"epochs={given['epochs']} does nothing here, since generator_steps is {config['generator_steps']} in the "
            f"experiment: set generator_steps, or generator_steps=null epochs={given['epochs']}"
        )
    if config.get("epochs") is None and config.get("generator_steps") is None:
        raise GanLabError("this run has no length: set epochs or generator_steps")
