"""The command line of a run of a sweep or of a search, as one trains it alone. Imports no torch."""

from collections.abc import Sequence

OTHERS = ("resume=", "overwrite=", "hydra", "sweep=", "search.", "callbacks.pruning")
"""Beginnings of the words that tell of another run, or of the sweep or the search that a run is part of."""
SEARCHES, SINGLE = "experiment=search", "~callbacks.pruning"
"""How the recipes of searches begin, and the word with which they train a single run."""


def alone(overrides: Sequence[str]) -> list[str]:
    """Returns the overrides of a run without what belongs to another run or to the search around it."""
    words = [word for word in overrides if not word.lstrip("+~").startswith(OTHERS)]
    return [*words, SINGLE] if any(word.startswith(SEARCHES) for word in words) else words
