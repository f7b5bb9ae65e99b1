"""Converts a search space in Hydra's syntax to Optuna's distributions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from gan_lab.errors import GanLabError


def divided(overrides: Sequence[Override]) -> tuple[list[str], dict[str, BaseDistribution]]:
    """Returns the overrides that all trials have in common, and the distribution of each key that has several values.
    Of a key that is given twice, the last one counts. Raises GanLabError where nothing varies."""
    last = {override.get_key_element(): override for override in overrides}
    fixed = [str(override.input_line) for override in last.values() if not override.is_sweep_override()]
    space = {key: distribution(override) for key, override in last.items() if override.is_sweep_override()}
    if not space:
        raise GanLabError(
            "this search has nothing to vary: give it values, optimizer.lr='tag(log,interval(1e-5,1e-3))', or a model "
            "whose yaml has a `search`"
        )
    return fixed, space


def corners(space: Mapping[str, BaseDistribution]) -> Iterator[list[str]]:
    """Yields settings that have every choice once, and both ends of what lies between two."""
    ends = {key: extremes(kind) for key, kind in space.items()}
    for number in range(max(map(len, ends.values()))):
        yield [f"{key}={values[min(number, len(values) - 1)]}" for key, values in ends.items()]


def distribution(override: Override) -> BaseDistribution:
    """Returns the distribution of `choice(a,b)` or `a,b`, by their texts; of `range(start,stop,step)`, without stop; or
    of `interval(low,high)`: of whole numbers with `int(...)`, on a logarithmic scale with `tag(log,...)`."""
    value = override.value()
    if isinstance(value, IntervalSweep):
        log = "log" in value.tags
        if value.start is None or value.end is None or not value.start < value.end:
            raise GanLabError(f"{override.input_line}: an interval goes from its lower to its higher end")
        if log and value.start <= 0:
            raise GanLabError(f"{override.input_line}: a log interval starts above 0")
        if isinstance(value.start, int):
            return IntDistribution(value.start, int(value.end), log=log)
        return FloatDistribution(value.start, value.end, log=log)
    if isinstance(value, RangeSweep):
        numbers = [*value.range()]
        if all(isinstance(number, int) for number in numbers) and len(numbers) > 1:
            return IntDistribution(int(numbers[0]), int(numbers[-1]), step=int(numbers[1] - numbers[0]))
    return CategoricalDistribution([*override.sweep_string_iterator()])


def extremes(kind: BaseDistribution) -> list[Any]:
    """Returns the choices of a distribution, or its lowest and its highest value."""
    if isinstance(kind, CategoricalDistribution):
        return [*kind.choices]
    return [kind.to_external_repr(kind.low), kind.to_external_repr(kind.high)]  # type: ignore[attr-defined]


def within(space: Mapping[str, BaseDistribution], chosen: Mapping[str, Any]) -> bool:
    """Returns whether a value is chosen for every key of the space and no other, each one that the space has."""
    return space.keys() == chosen.keys() and all(has(kind, chosen[key]) for key, kind in space.items())


def has(kind: BaseDistribution, value: Any) -> bool:
    """Returns whether a distribution has a value, as Optuna represents it."""
    if isinstance(kind, CategoricalDistribution):
        return isinstance(value, str) and value in kind.choices
    return isinstance(value, int | float) and not isinstance(value, bool) and kind._contains(value)


def own_value(kind: BaseDistribution, value: Any) -> Any:
    """Returns the value of a configuration as Optuna represents it, None where the space does not contain it."""
    if isinstance(kind, CategoricalDistribution):
        return next((choice for choice in kind.choices if yaml.safe_load(str(choice)) == value), None)
    return value if has(kind, value) else None
