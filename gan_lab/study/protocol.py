"""The protocol of a study: which methods, in which ranges, with how many trials, for how long. Imports no torch."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_lab.domains import NonNegativeInt, PositiveInt, conform
from gan_lab.errors import GanLabError

TYPES: dict[str, Any] = {
    "methods": tuple[str, ...],
    "trials": PositiveInt,
    "finals": NonNegativeInt,
    "rounds": PositiveInt,
    "seed": PositiveInt,
    "space": dict,
    "own": dict,
    "fixed": dict,
    "costly": tuple[str, ...],
}


@dataclass(frozen=True)
class Method:
    """A method of a study: a model, and what else of the command line belongs to it, such as `data=fashion_mnist`."""

    model: str
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The model and the values of the words, as the name of a file: `wgan_gp_fashion_mnist`."""
        parts = [self.model, *(word.partition("=")[2] for word in self.words)]
        return re.sub(r"[\W_]+", "_", "_".join(parts)).strip("_")

    @classmethod
    def of(cls, text: str) -> "Method":
        """Returns the method of a text, `wgan_gp data=fashion_mnist`."""
        model, *words = text.split() or [""]
        if not model or "=" in model or any("=" not in word for word in words):
            raise GanLabError(
                f"study.methods names {text!r}: a method is the name of a model, after which values may stand, "
                "such as 'wgan_gp data=fashion_mnist'"
            )
        return cls(model, tuple(words))


@dataclass(frozen=True)
class Protocol:
    """What a study does.

    Each of `methods` gets `trials` settings at random and is trained once with each. The best one by FID on validation
    images is trained with `finals` more seeds. A training takes as long as `rounds` rounds of `model=gan` with the
    same networks do. `space` are the ranges of all methods in Hydra's syntax, which add to the `search` of the model's
    yaml; `own` are those of one model, or of one method by its name, where null takes a range away; `fixed` are a
    model's values that are no ranges. `costly` are the settings that change what a round costs. `seed` determines the
    settings and the seeds of training: another one repeats the study.
    """

    methods: tuple[Method, ...]
    trials: int
    finals: int
    rounds: int
    seed: int
    space: Mapping[str, str]
    own: Mapping[str, Mapping[str, str | None]]
    fixed: Mapping[str, Sequence[str]]
    costly: tuple[str, ...]

    @classmethod
    def of(cls, values: Mapping[str, Any] | None) -> "Protocol":
        """Returns the protocol of a configuration's `study`. Raises GanLabError where there is none, and for values
        that cannot be right."""
        if values is None:
            raise GanLabError("sweep=study needs a protocol, such as that of experiment=study")
        if unknown := sorted({*map(str, values)} ^ TYPES.keys()):
            raise GanLabError(f"study.{unknown[0]} is missing or unknown: a study has {', '.join(TYPES)}")
        for key, kind in TYPES.items():
            conform(values[key], kind, f"study.{key}")
        methods = tuple(Method.of(text) for text in values["methods"])
        names = [method.name for method in methods]
        if not names or len({*names}) < len(names):
            raise GanLabError("study.methods is a list of methods, in which each stands once")
        return cls(**{**values, "methods": methods, "costly": tuple(values["costly"])})

    def ranges(self, method: Method, of_yaml: Mapping[str, str | None]) -> dict[str, str]:
        """Returns the range of each setting that is drawn for a method, in Hydra's syntax: those of its yaml, those of
        all methods and its own, of which later ones replace earlier ones."""
        merged = {**of_yaml, **self.space, **self.own.get(method.model, {}), **self.own.get(method.name, {})}
        return {key: text for key, text in merged.items() if text is not None}

    def seeds(self, finals: bool = False) -> range:
        """Returns the seeds of the trials' trainings, or those of the `finals`, which are others."""
        first = 1000 * self.seed + (self.trials if finals else 0)
        return range(first, first + (self.finals if finals else self.trials))
