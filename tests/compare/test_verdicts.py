"""Verdicts are Welch's test with Holm's correction, in words."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from gan_lab.compare.verdicts import Pair, judged, number

LOW, HIGH = (9.0, 10.0, 11.0), (18.0, 20.0, 23.0)


def test_an_answer_has_its_direction() -> None:
    down, up, level = judged(
        [Pair("a", "b", LOW, HIGH), Pair("b", "a", HIGH, LOW), Pair("a", "c", LOW, (9.5, 10.0, 12.0))]
    )
    assert (down.lower, up.lower, level.lower) == (True, False, None)
    assert (down.answer, up.answer) == ("Yes", "No")
    assert down.of == level.of == 2, "a pair counts once, in whichever direction it is asked"


def test_the_interval_is_that_of_the_ratio() -> None:
    other = (9.5, 10.0, 12.0)
    [verdict] = judged([Pair("a", "b", LOW, other)])
    found = ttest_ind(np.log(LOW), np.log(other), equal_var=False).confidence_interval(0.95)
    low, high = np.exp([found.low, found.high])
    assert verdict.answer == f"Inconclusive: the FID of `a` is {low:.2f} to {high:.2f} times that of `b`"


def test_a_difference_that_the_correction_takes_back_is_told() -> None:
    values = (13.0, 14.5, 16.0)
    [alone] = judged([Pair("a", "b", LOW, values)])
    assert alone.answer == "Yes"
    first, *_ = judged([Pair("a", "b", LOW, values), *(Pair(f"c{n}", "d", LOW, LOW[::-1]) for n in range(9))])
    assert first.answer.startswith("Inconclusive: the FID of `a` is 0.")
    assert first.answer.endswith(" times that of `b`, which may be chance among 10 verdicts")


@pytest.mark.parametrize(
    ("pair", "answer"),
    [
        (Pair("a", "b", (9.0,), (20.0,)), "Inconclusive: one seed each cannot tell"),
        (Pair("a", "b", LOW, (20.0,)), "Inconclusive: one seed of `b` cannot tell"),
        (Pair("a", "b", (9.0, 9.0), (20.0, 20.0)), "Inconclusive: the seeds do not vary, so that there is nothing to"),
        (Pair("a", "b", (0.0, 1.0), (20.0, 21.0)), "Inconclusive: a value is not positive"),
        (Pair("a", "b", (9.0,), HIGH, ("x", "y")), "Undecided: they differ in `x` and `y`"),
        (
            Pair("a", "b", LOW, HIGH, ("x", "y", "z")),
            "Undecided: they differ in `x`, `y` and `z`, and the FID of `a` is",
        ),
        (
            Pair("a", "b", LOW, HIGH, ("x", "y", "z", "w")),
            "Undecided: they differ in 4 settings, and the FID of `a` is",
        ),
    ],
)
def test_where_no_test_decides_the_reason_is_told(pair: Pair, answer: str) -> None:
    undecided, decided = judged([pair, Pair("c", "d", LOW, HIGH)])
    assert undecided.lower is None
    assert undecided.answer.startswith(answer)
    assert (decided.answer, decided.of) == ("Yes", 1), "what is not tested does not count"


def test_pairs_by_seed_are_tested_as_pairs() -> None:
    values, others = (10.0, 20.0, 40.0, 30.0), (10.5, 21.1, 42.3, 31.4)
    paired, apart = (judged([Pair("a", "b", values, others, paired=by_seed)])[0] for by_seed in (True, False))
    assert (paired.answer, apart.lower) == ("Yes", None)


def test_pairs_of_equal_names_in_different_places_are_two() -> None:
    here, there = judged([Pair("a", "b", LOW, HIGH, where="x"), Pair("a", "b", LOW, (9.5, 10.0, 12.0), where="y")])
    assert (here.lower, there.lower, here.of) == (True, None, 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123, "0.01"), (0.856, "0.86"), (1.0, "1.00"), (12.3, "12"), (12345.0, "12,345"), (1e9, "more than 1,000,000")],
)
def test_ratios_have_a_few_digits(value: float, text: str) -> None:
    assert number(value) == text
