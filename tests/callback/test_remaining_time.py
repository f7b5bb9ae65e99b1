"""The estimate of the remaining time, against runs whose every second is made up."""

from itertools import pairwise
from random import Random

import pytest

from gan_lab.callback.evaluation import evaluations_in
from gan_lab.callback.remaining_time import Pace, clock, remaining_seconds


def estimates(
    length: int, step: float, evaluation: float, final: float, times: int, foreknown: bool
) -> list[tuple[float, float]]:
    """(estimated, true) remaining seconds after each step of a run with these costs; steps vary by a factor of three.

    With `foreknown`, the measures took as long on real images as they take on samples.
    """
    random = Random(0)
    seconds = [step * random.uniform(0.5, 1.5) for _ in range(length)]
    due = [number * times // length > (number - 1) * times // length for number in range(1, length + 1)]
    whole = sum(seconds) + evaluation * sum(due) + final
    found, passed, made = [], 0.0, 0
    for number, own in enumerate(seconds, 1):
        passed += own
        pace = Pace(
            step=(passed - made * evaluation) / number,
            evaluation=evaluation if made else None,
            expected=evaluation if foreknown else None,
            expected_final=final if foreknown else None,
        )
        estimate = remaining_seconds(pace, length - number, times - made, 1)
        found.append((estimate, whole - passed))
        made += due[number - 1]
        passed += evaluation * due[number - 1]
    return found


@pytest.mark.parametrize(
    ("length", "step", "evaluation", "final"),
    [
        (1000, 0.1, 0.1, 0.3),  # steps are all
        (1000, 0.01, 5.0, 60.0),  # measuring is all, most of it at the end
        (14_000, 0.05, 15.0, 40.0),
        (120, 0.1, 4.0, 9.0),  # so short that nothing is measured in its first tenth
    ],
)
def test_it_is_right_to_thirty_percent_after_a_tenth(length: int, step: float, evaluation: float, final: float) -> None:
    times = evaluations_in(length, 10, 50)
    found = estimates(length, step, evaluation, final, times, foreknown=True)
    for estimate, true in found[length // 10 :]:
        assert estimate == pytest.approx(true, rel=0.3)


def test_it_is_right_without_having_timed_real_images_once_samples_were() -> None:
    found = estimates(1000, 0.1, 4.0, 8.0, times=10, foreknown=False)
    for estimate, true in found[101:]:
        assert estimate == pytest.approx(true, rel=0.1)


def test_what_is_unknown_counts_as_nothing() -> None:
    assert remaining_seconds(Pace(step=2.0), steps=5, evaluations=3, finals=1) == 10.0


def test_what_samples_took_overrules_what_real_images_took() -> None:
    """Sampling is part of the former; the measures that only a final measuring has are known from the latter."""
    pace = Pace(step=1.0, evaluation=3.0, expected=2.0, expected_final=7.0)
    assert remaining_seconds(pace, steps=0, evaluations=2, finals=0) == 6.0
    assert remaining_seconds(pace, steps=0, evaluations=0, finals=2) == 2 * (3.0 + 5.0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (754.0, "12:34"), (3600.0, "1:00:00"), (90_061.0, "25:01:01")]
)
def test_durations(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_short_runs_are_measured_less_often_but_twice() -> None:
    most = 10
    found = [evaluations_in(length, most, 50) for length in range(1, 1000)]
    assert found == sorted(found)
    assert all(step - before <= 1 for before, step in pairwise(found))
    assert (found[0], found[99], found[499], found[-1]) == (2, 2, most, most)
    assert evaluations_in(20, 1, 50) == 1
    assert [evaluations_in(length, most, 1) for length in (3, 12)] == [3, most], "what older configurations mean"
