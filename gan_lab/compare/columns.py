"""Chooses the settings that differ between runs and deserve a column."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from gan_lab.compare.result import Result
from gan_lab.compare.settings import canonical

ABSENT, UNKNOWN = "absent", "unknown"
TARGET = "._target_"
NAMES = ("variant", "dataset")
"""The choices that determine most other settings."""

UNSAID = ("model.", "penalties.", "callbacks.", "optimizer.", "data.")
"""Prefixes of keys that are left out of names."""

Vector = tuple[str, ...]
"""The value of a key in each run as text: `ABSENT` where the run has no such key, `UNKNOWN` where config.yaml is
lost."""


@dataclass(frozen=True)
class Column:
    """A setting that differs between runs.

    `swept` says that it was given on a command line, or differs within a variant and data set.
    """

    key: str
    swept: bool
    repeated_by: tuple[str, ...] = ()  # longer keys with the same value in every run

    @property
    def name(self) -> str:
        """A short name: `model.penalties.gradient.weight` is `gradient.weight`."""
        name = self.key.removesuffix(TARGET)
        for prefix in UNSAID:
            name = name.removeprefix(prefix)
        return name

    def value(self, result: Result) -> Any:
        """Returns the value of the run (for a class, only its name), or an empty text if there is none."""
        value = writable(result.settings.get(self.key, ""))
        return value.rpartition(".")[2] if self.key.endswith(TARGET) and isinstance(value, str) else value

    def label(self, result: Result) -> str:
        """Returns `n_critic 5`, for a choice its name alone, and nothing where the setting is not set."""
        value = self.value(result)
        return "" if value in ("", None) else str(value) if self.key in NAMES else f"{self.name} {shown(value)}"


def writable(value: Any) -> Any:
    """Returns the same value with words for NaN and infinity, which JSON does not have."""
    if isinstance(value, list):
        return [writable(item) for item in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def columns_of(results: Sequence[Result]) -> list[Column]:
    """Returns `variant` and each setting that differs between the runs, swept settings first.

    Left out are seeds that follow the seed of the run, and keys that only tell whether their object exists. Keys that
    have the value of a shorter key in every run (`model.optimizers.critic.lr` and `optimizer.lr`) share its column.
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
    """Returns the values of the key in all runs as text, which can be compared.

    A training run has no sampling settings; that counts as unknown, not as another value.
    """
    return tuple(
        canonical(result.settings[key]) if key in result.settings else ABSENT if states(result, key) else UNKNOWN
        for result in results
    )


def states(result: Result, key: str) -> bool:
    """Returns whether the known settings of the run would include the key if it had one."""
    return result.kind == "evaluation" if key.startswith("sampling.") else result.complete


def follows_seed(key: str, results: Sequence[Result]) -> bool:
    """Returns whether the key is the seed of the run, under any name."""
    if not key.endswith("seed"):
        return False
    return key == "seed" or all(
        result.settings.get(key, result.seed) == result.seed for result in results if result.complete
    )


def only_there(key: str, vectors: dict[str, Vector]) -> bool:
    """Returns whether the key has a single value, and has it wherever its object exists."""
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
    """Returns which runs have a value."""
    return [value not in (ABSENT, UNKNOWN) for value in values]


def repeats(later: Vector, earlier: Vector) -> bool:
    """Returns whether the later key has the same values as the earlier one, where they are known."""
    return all(a in (b, UNKNOWN) for a, b in zip(later, earlier, strict=True))


def determined(values: Vector, choices: Sequence[tuple[str, ...]]) -> bool:
    """Returns whether the choice of variant and data determines the value, where it is known."""
    known = {(choice, value) for choice, value in zip(choices, values, strict=True) if value != UNKNOWN}
    return len(known) == len({choice for choice, _ in known})


def differs(column: Column, results: Sequence[Result]) -> bool:
    """Returns whether these runs have more than one known value."""
    return len(set(vector(column.key, results)) - {UNKNOWN}) > 1


def natural(values: Sequence[Any]) -> list[tuple[int, float, str]]:
    """Returns keys that sort empty values first, then numbers by value, then words."""
    number: Callable[[Any], bool] = lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    return [
        (0 if value == "" else 1 if number(value) else 2, float(value) if number(value) else 0.0, str(value))
        for value in values
    ]


def shown(value: Any) -> str:
    """Returns a setting in the form that a user writes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(shown(item) for item in value)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
