"""The settings of a trial, drawn at random from ranges. Imports no torch."""

from collections.abc import Mapping
from hashlib import blake2b
from math import exp, floor, log

from hydra.core.override_parser.overrides_parser import OverridesParser
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from gan_lab.errors import GanLabError
from gan_lab.sweep.space import divided


def space_of(ranges: Mapping[str, str]) -> dict[str, BaseDistribution]:
    """Returns the distribution of each setting from its range in Hydra's syntax. Raises GanLabError for what is no
    range, and where nothing varies."""
    parsed = OverridesParser.create().parse_overrides([f"{key}={text}" for key, text in ranges.items()])
    fixed, space = divided(parsed)
    if fixed:
        raise GanLabError(f"{fixed[0]} is no range such as choice(a,b) or interval(low,high): set it for a method")
    return space


def drawn(space: Mapping[str, BaseDistribution], method: str, trial: int) -> list[str]:
    """Returns the overrides of a trial, in the order of their keys.

    Each value follows from the names of the method and of the setting and the number of the trial alone, so that a
    range that is added later does not change the others.
    """
    return [f"{key}={value(kind, uniform(f'{method} {trial} {key}'))}" for key, kind in sorted(space.items())]


def uniform(name: str) -> float:
    """Returns a number in [0, 1) that follows from the name, as independent of those of other names as a hash is."""
    return int.from_bytes(blake2b(name.encode(), digest_size=6).digest()) / 2**48


def value(kind: BaseDistribution, u: float) -> str:
    """Returns the value at a share u of a range: uniform where u is, or uniform in the logarithm where the range is
    logarithmic. Numbers that are not whole have three digits."""
    if isinstance(kind, CategoricalDistribution):
        return str(kind.choices[floor(u * len(kind.choices))])
    assert isinstance(kind, FloatDistribution | IntDistribution)
    whole = isinstance(kind, IntDistribution)
    step = kind.step if whole else None
    low, high = float(kind.low), float(kind.high)
    if step is not None and not kind.log:
        return str(int(low + step * floor(u * (1 + (high - low) // step))))
    if step is not None:
        high += 1  # as many parts as there are whole numbers
    found = exp(log(low) + u * (log(high) - log(low))) if kind.log else low + u * (high - low)
    return str(floor(found)) if whole else f"{min(max(float(f'{found:.3g}'), kind.low), kind.high):g}"
