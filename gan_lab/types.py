"""The types that all packages share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.errors import GanLabError, NonFiniteError
from gan_lab.noise import IndexedNoise

__all__ = [
    "Batch",
    "Contest",
    "CriticOutput",
    "GanLabError",
    "Judge",
    "Latent",
    "NonFiniteError",
    "SampleResult",
    "Terms",
]


@dataclass(frozen=True, slots=True)
class Latent:
    """Latent codes z and, for mixture priors, the component that each was drawn from."""

    z: Float[Tensor, "b d"]
    component: Int[Tensor, " b"] | None = None

    def map(self, select: Callable[[Tensor], Tensor]) -> "Latent":
        """Returns the same selection of codes and of components."""
        return Latent(select(self.z), None if self.component is None else select(self.component))

    def split(self, size: int) -> Iterator["Latent"]:
        """Yields the codes, `size` at a time; one empty part if there are no codes."""
        for first in range(0, max(1, len(self.z)), size):
            yield self.map(itemgetter(slice(first, first + size)))

    @classmethod
    def joined(cls, parts: Sequence["Latent"]) -> "Latent":
        """Returns all codes as one set."""
        if len(parts) == 1:
            return parts[0]
        component = [part.component for part in parts if part.component is not None]
        return cls(torch.cat([part.z for part in parts]), torch.cat(component) if component else None)


@dataclass(frozen=True, slots=True)
class CriticOutput:
    """The output of a critic for a batch. Scores are raw (no sigmoid) and high for real.

    `score` has k = 1 column, or several for class critics; `features` are the activations before the last layer.
    """

    score: Float[Tensor, "b k"]
    features: Float[Tensor, "b f"]


Judge = Callable[[Tensor], CriticOutput]
"""A critic with one score per sample (k = 1), which a penalty calls when it needs the critic again."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Real images in [-1, 1] (or 2-D points) and, if the data have them, their class labels."""

    images: Float[Tensor, " b *shape"]
    labels: Int[Tensor, " b"] | None = None


@dataclass(slots=True)
class Contest:
    """Real and fake samples of one turn, with the critic's outputs: everything that a loss or a penalty may use.

    `real` and `on_real` are None in a generator's turn whose loss does not need them. `labels` belong to the real
    samples. `noise` is the only source of randomness for losses and penalties. `shared` contains, by name, expensive
    results that several terms of the same turn use, such as a transport plan. `critic_turns` is the number of earlier
    turns of the critic in this run, which lazy penalties need.
    """

    fake: Float[Tensor, " b *shape"]
    on_fake: CriticOutput
    latent: Latent
    noise: IndexedNoise
    real: Float[Tensor, " b *shape"] | None = None
    on_real: CriticOutput | None = None
    labels: Int[Tensor, " b"] | None = None
    shared: dict[str, Tensor] = field(default_factory=dict)
    critic_turns: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """Named scalars of one turn: `minimised` are summed and differentiated, `diagnostics` only logged.

    Weights are already in the terms. Diagnostics are detached.
    """

    minimised: dict[str, Float[Tensor, ""]] = field(default_factory=dict)
    diagnostics: dict[str, Float[Tensor, ""]] = field(default_factory=dict)

    def __or__(self, other: "Terms") -> "Terms":
        """Returns the union of both. Raises ValueError if they share a name, since one term would hide the other."""
        mine, theirs = self.minimised | self.diagnostics, other.minimised | other.diagnostics
        if twice := mine.keys() & theirs.keys():
            raise ValueError(f"two terms of one turn are named {sorted(twice)}")
        return Terms(self.minimised | other.minimised, self.diagnostics | other.diagnostics)


@dataclass(frozen=True, slots=True)
class SampleResult:
    """Generated samples, their latent codes, and their cost (counts and seconds, by name).

    `report` describes the sampling: calibration, observations and `warnings`. If the sampler moves codes, `path`
    contains the codes of the first samples from start to end.
    """

    x: Float[Tensor, " n *shape"]
    latent: Latent
    stats: dict[str, float]
    report: dict[str, Any] = field(default_factory=dict)
    path: tuple[Latent, ...] = ()
