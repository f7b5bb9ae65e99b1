"""The verdict on two groups of seeds: whether one has the lower values, and the words in which that is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan

import numpy as np

from gan_lab.maths.student import Difference, holm, paired, welch

LEVEL = 0.05
NAMED = 3
"""The largest number of differing settings that are named; of more, the number is told."""
LARGEST = 1e6
"""A ratio above it, or below its inverse, is told as this one: then the seeds say nothing."""


@dataclass(frozen=True)
class Pair:
    """Two groups of seeds that a verdict compares: their names, the values of a measure that is better lower, and the
    settings in which they differ.

    `paired` says that values of the same place have the same seed, as those of a sampler and of the plain generator on
    the same sampling seeds. `measure` is the name of the measure in sentences, and `where` tells apart pairs of equal
    names. `unfair` says why the values cannot be compared, where they cannot.
    """

    row: str
    other: str
    values: tuple[float, ...]
    others: tuple[float, ...]
    differing: tuple[str, ...] = ()
    paired: bool = False
    measure: str = "FID"
    where: str = ""
    unfair: str = ""

    @property
    def testable(self) -> bool:
        """Whether both have two seeds or more, and positive values that vary."""
        values = (*self.values, *self.others)
        return (
            min(len(self.values), len(self.others)) > 1
            and all(isfinite(value) and value > 0 for value in values)
            and not isnan(self.difference.p)
        )

    @property
    def decidable(self) -> bool:
        """Whether the test can lead to a yes or no: rows that differ in several settings have none."""
        return len(self.differing) < 2 and not self.unfair and self.testable

    @property
    def difference(self) -> Difference:
        """The test of the difference of the mean logarithms: Welch's, or the paired one."""
        return (paired if self.paired else welch)(np.log(self.values), np.log(self.others))

    @property
    def key(self) -> tuple[str, str, frozenset[str]]:
        """The same in both directions."""
        return self.measure, self.where, frozenset((self.row, self.other))


@dataclass(frozen=True)
class Verdict:
    """What a test says of a pair among `of` verdicts.

    `lower` says whether the first of the pair has the lower values; None where the test does not tell, or where no test
    can, and then `reason` says why in words.
    """

    pair: Pair
    significant: bool
    of: int

    @property
    def lower(self) -> bool | None:
        if not (self.significant and self.pair.decidable):
            return None
        return bool(self.pair.difference.high < 0)

    @property
    def answer(self) -> str:
        """Yes, No, or the reason why it is neither."""
        return self.reason if self.lower is None else "Yes" if self.lower else "No"

    @property
    def reason(self) -> str:
        """Why there is no yes or no, with the interval of the ratio where there is one."""
        pair = self.pair
        if pair.unfair:
            return f"Undecided: {pair.unfair}"
        ratio = self.ratio if pair.testable else ""
        if len(pair.differing) > 1:
            return f"Undecided: they differ in {settings_in_words(pair.differing)}" + (
                f", and {ratio}" if ratio else ""
            )
        few = [name for name, of in ((pair.row, pair.values), (pair.other, pair.others)) if len(of) < 2]
        if few:
            return f"Inconclusive: one seed {'each' if len(few) > 1 else f'of `{few[0]}`'} cannot tell"
        if min(*pair.values, *pair.others) <= 0:
            return "Inconclusive: a value is not positive and has no logarithm"
        if not ratio:
            return "Inconclusive: the seeds do not vary, so that there is nothing to test by"
        low, high = pair.difference.low, pair.difference.high
        chance = f", which may be chance among {self.of} verdicts" if low > 0 or high < 0 else ""
        return f"Inconclusive: {ratio}{chance}"

    @property
    def ratio(self) -> str:
        """The 95 % interval of the ratio of both geometric means in words: exp of that of the difference of mean logs.

        It is that of this pair alone, without the correction for the others.
        """
        low, high = (number(float(np.exp(np.clip(end, -50, 50)))) for end in self.pair.difference[1:])
        return f"the {self.pair.measure} of `{self.pair.row}` is {low} to {high} times that of `{self.pair.other}`"


def judged(pairs: Sequence[Pair]) -> list[Verdict]:
    """Returns the verdict on each pair: the tests at level 5 %, corrected by Holm over all pairs of this call.

    A pair that is asked for in both directions counts once, and one that no test can decide does not count.
    """
    tested = {pair.key: pair for pair in pairs if pair.decidable}
    adjusted = holm([float(pair.difference.p) for pair in tested.values()])
    significant = {key: p <= LEVEL for key, p in zip(tested, adjusted.tolist(), strict=True)}
    return [Verdict(pair, significant.get(pair.key, False), len(tested)) for pair in pairs]


def welchs(count: int) -> str:
    """Returns the rule in words, where `count` pairs were tested."""
    many = f"all {count} tests" if count != 1 else "one test"
    return f"Welch's t-test on the logarithm over seeds (level 5 %, Holm's correction over {many})"


def settings_in_words(names: Sequence[str]) -> str:
    """Returns the settings by name, or their number where they are many."""
    if len(names) > NAMED:
        return f"{len(names)} settings"
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def number(value: float) -> str:
    """Returns a ratio with a few digits."""
    if not 1 / LARGEST < value < LARGEST:
        return f"less than 1/{LARGEST:,.0f}" if value < 1 else f"more than {LARGEST:,.0f}"
    return f"{value:.1g}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:,.0f}"
