"""Which methods differ by more than luck: rank tests over the trials. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from scipy.stats import kruskal, mannwhitneyu

from gan_lab.maths.student import holm

LEVEL = 0.05


@dataclass(frozen=True)
class RankTest:
    """Two methods: `chance` is that of a trial of the first to be better than one of the other, where equal ones count
    half (the A of Vargha & Delaney 2000); `p` is that of the test, corrected for all pairs."""

    one: str
    other: str
    chance: float
    p: float

    @property
    def differ(self) -> bool:
        return self.p <= LEVEL

    def seen_from(self, name: str) -> "RankTest":
        """Returns the same test with this method as the first."""
        return self if name == self.one else RankTest(self.other, self.one, 1 - self.chance, self.p)


def overall(trials: Mapping[str, Sequence[float]]) -> float:
    """Returns the p of the hypothesis that the trials of all methods have the same distribution (Kruskal & Wallis
    1952). A trial that failed is infinite, and so the last of all."""
    return float(kruskal(*trials.values()).pvalue)


def pairwise(trials: Mapping[str, Sequence[float]], pairs: Sequence[tuple[str, str]] | None = None) -> list[RankTest]:
    """Returns the test of Mann & Whitney (1947) for each of the pairs of methods, or for all there are: two-sided, with
    Holm's correction over these pairs. It is exact where no two values are equal; otherwise its normal approximation,
    which finds less.

    Lower values are better; a trial that failed is infinite, and so the last of all."""
    pairs = [*combinations(trials, 2)] if pairs is None else pairs
    found = [compared(trials[one], trials[other]) for one, other in pairs]
    adjusted = holm([float(test.pvalue) for test in found])
    return [
        RankTest(one, other, 1 - float(test.statistic) / (len(trials[one]) * len(trials[other])), float(p))
        for (one, other), test, p in zip(pairs, found, adjusted, strict=True)
    ]


def compared(one: Sequence[float], other: Sequence[float]) -> Any:
    """Returns the test of Mann & Whitney of two groups."""
    both = (*one, *other)
    return mannwhitneyu(one, other, method="exact" if len({*both}) == len(both) else "asymptotic")
