"""Which settings differ between runs, and are worth a column."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from gan_lab.compare.result import Result
from gan_lab.compare.settings import canonical

ABSENT, UNKNOWN = "absent", "unknown"
TARGET = "._target_"
NAMES = ("variant", "dataset")
"""The choices that bring most other values with them."""

UNSAID = ("model.", "penalties.", "callbacks.", "optimizer.", "data.")
"""Beginnings of keys that a name does without."""

Vector = tuple[str, ...]
"""A key's value in each run, as text, `ABSENT` where the run has no such key, `UNKNOWN` where its config is lost."""


@dataclass(frozen=True)
class Column:
    """A setting that differs. `swept`: it was given on a command line, or differs within a variant and data set."""

    key: str
    swept: bool
    repeated_by: tuple[str, ...] = ()  # longer keys with the same value in every run

    @property
    def name(self) -> str:
        """As short as can be understood: `model.penalties.gradient.weight` is `gradient.weight`."""
        name = self.key.removesuffix(TARGET)
        for prefix in UNSAID:
            name = name.removeprefix(prefix)
        return name

    def value(self, result: Result) -> Any:
        """The run's value, a class by its name alone; empty where there is none."""
        value = writable(result.settings.get(self.key, ""))
        return value.rpartition(".")[2] if self.key.endswith(TARGET) and isinstance(value, str) else value

    def label(self, result: Result) -> str:
        """`n_critic 5`, a choice by its name alone; nothing for what is not set."""
        value = self.value(result)
        return "" if value in ("", None) else str(value) if self.key in NAMES else f"{self.name} {shown(value)}"


def writable(value: Any) -> Any:
    """The same, with words for what JSON has none for."""
    if isinstance(value, list):
        return [writable(item) for item in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def columns_of(results: Sequence[Result]) -> list[Column]:
    """`variant` and each setting that differs between the runs, those that were swept first.

    Left out are seeds that follow the run's and keys that tell nothing more than whether their object is there. Keys
    that have a shorter one's value in every run (`model.optimizers.critic.lr` and `optimizer.lr`) share its column.
    """
    keys = dict.fromkeys(["variant", *(key for result in results for key in result.settings)])
    given = {key for result in results for key in result.given}
    vectors = {key: vector(key, results) for key in keys}
    kept: dict[str, list[str]] = {"variant": []}
    for key in sorted(keys, key=lambda key: (key not in NAMES, key not in given, key.count("."), len(key))):
        if len(set(vectors[key]) - {UNKNOWN}) < 2 or follows_seed(key, results) or only_there(key, vectors):
            continue
        shorter = next((other for other in kept if other not in NAMES and repeats(vectors[key], vectors[other])), None)
        if shorter is None or key in given:
            kept.setdefault(key, [])
        else:
            kept[shorter].append(key)
    choices = list(zip(*(vectors.get(name, (UNKNOWN,) * len(results)) for name in NAMES), strict=True))
    columns = [
        Column(key, key in NAMES or key in given or not determined(vectors[key], choices), tuple(kept[key]))
        for key in keys
        if key in kept
    ]
    return sorted(columns, key=lambda column: (column.key not in NAMES, not column.swept))


def vector(key: str, results: Iterable[Result]) -> Vector:
    """A training has no sampling settings; it is not another way of sampling."""
    return tuple(
        canonical(result.settings[key]) if key in result.settings else ABSENT if states(result, key) else UNKNOWN
        for result in results
    )


def states(result: Result, key: str) -> bool:
    """Whether the key would be among the run's settings if it had it."""
    return result.kind == "evaluation" if key.startswith("sampling.") else result.complete


def follows_seed(key: str, results: Sequence[Result]) -> bool:
    """Whether this is the run's seed under whatever name."""
    if not key.endswith("seed"):
        return False
    return key == "seed" or all(
        result.settings.get(key, result.seed) == result.seed for result in results if result.complete
    )


def only_there(key: str, vectors: dict[str, Vector]) -> bool:
    """Whether the key has one value, and that wherever the object that it belongs to is."""
    if len(set(vectors[key]) - {UNKNOWN, ABSENT}) > 1:
        return False
    parent = key.rpartition(".")[0]
    while parent:
        target = parent + TARGET
        if target in vectors and target != key:
            return presence(vectors[key]) == presence(vectors[target])
        parent = parent.rpartition(".")[0]
    return False


def presence(values: Vector) -> list[bool]:
    return [value not in (ABSENT, UNKNOWN) for value in values]


def repeats(later: Vector, earlier: Vector) -> bool:
    """Whether the later key says nothing that the earlier one does not say."""
    return all(a in (b, UNKNOWN) for a, b in zip(later, earlier, strict=True))


def determined(values: Vector, choices: Sequence[tuple[str, ...]]) -> bool:
    """Whether each choice of variant and data has one value only, as far as is known."""
    known = {(choice, value) for choice, value in zip(choices, values, strict=True) if value != UNKNOWN}
    return len(known) == len({choice for choice, _ in known})


def differs(column: Column, results: Sequence[Result]) -> bool:
    """Whether these runs have more than one value, as far as is known."""
    return len(set(vector(column.key, results)) - {UNKNOWN}) > 1


def natural(values: Sequence[Any]) -> list[tuple[int, float, str]]:
    """Sorts numbers as numbers, before words; what is empty comes first."""
    number: Callable[[Any], bool] = lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    return [
        (0 if value == "" else 1 if number(value) else 2, float(value) if number(value) else 0.0, str(value))
        for value in values
    ]


def shown(value: Any) -> str:
    """A setting as a reader would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
