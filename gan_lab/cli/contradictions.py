"""Refuses words of a command line that do not go together, or remove what a run needs. Imports no torch."""

from collections.abc import Sequence

from hydra.core.override_parser.types import Override

from gan_lab.config.choices import LISTED
from gan_lab.errors import GanLabError

SEVERAL = ("sweep", "hydra/launcher", "hydra/sweeper")
"""Groups that only a multirun uses."""
REMOVABLE = (
    "callbacks",
    "loggers",
    "model.penalties",
    "model.constraints",
    "metric.metrics",
    "extractors",
    "lipschitz.penalties",
)
"""Collections, from which one entry may be removed."""


def refuse_contradictions(overrides: Sequence[Override], multirun: bool) -> None:
    """Raises GanLabError for a key that is given twice, and for a choice that has no effect without -m."""
    before: dict[tuple[str, str | None], Override] = {}
    for override in overrides:
        if override.key_or_group in SEVERAL and not multirun:
            raise GanLabError(f"{override.input_line} does nothing for a single run: it is for several, with -m")
        one = (override.key_or_group, override.package)
        if one in before:
            both = f"{before[one].input_line} and {override.input_line}"
            raise GanLabError(
                f"{override.key_or_group} is given twice, {both}: give it once, or for two runs -m KEY=A,B"
            )
        before[one] = override


def refuse_removal(override: Override) -> None:
    """Raises GanLabError where an override removes anything but an entry of a collection, or the space of a search."""
    key = override.package or override.key_or_group
    if key == "search" or key.startswith("search.") or key.rpartition(".")[0] in REMOVABLE:
        return
    if key in LISTED:
        raise GanLabError(f"{override.input_line} is written {key}=[] here")
    raise GanLabError(
        f"{override.input_line} removes what is needed: ~ removes one entry of {', '.join(REMOVABLE)}, "
        "as in ~callbacks.progress"
    )
