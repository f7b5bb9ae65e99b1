"""The axes of charts, as a browser computes them."""

import math
from itertools import pairwise
from typing import Any

import pytest

from gan_lab.page.document import asset

pytestmark = [pytest.mark.slow, pytest.mark.browser]

RANGES = [
    [low * size, high * size] for size in (1e-30, 1e-3, 1.0, 37.0, 1e9, 1e30) for low, high in ((0, 1), (-3, 7), (5, 6))
]


def computed(browser: Any, code: str, *values: Any) -> Any:
    return browser.execute_script(f"{asset('axes.js')}\nconst [...given] = arguments;\n{code}", *values)


def test_ticks_are_round_inside_and_few(browser: Any) -> None:
    """Multiples of 1, 2 or 5 times a power of ten, whose distance is that of any two neighbours."""
    code = "return given[0].map(range => axisOf(range, false, 0, 400, 60).ticks)"
    for (low, high), ticks in zip(RANGES, computed(browser, code, RANGES), strict=True):
        room = 1e-9 * (high - low)
        assert 2 <= len(ticks) <= 8
        assert low - room <= ticks[0] < ticks[-1] <= high + room
        steps = [b - a for a, b in pairwise(ticks)]
        assert steps == pytest.approx([steps[0]] * len(steps), rel=1e-6)
        digit = steps[0] / 10 ** math.floor(math.log10(steps[0]) + 1e-9)
        assert min(abs(digit - good) for good in (1, 2, 5)) < 1e-6, steps[0]


def test_a_logarithmic_axis_has_powers_of_ten(browser: Any) -> None:
    code = "return given[0].map(range => axisOf(range, true, 0, 300, 40).ticks)"
    wide, narrow, tiny = computed(browser, code, [[0.3, 5e4], [3, 80], [50, 60]])
    assert wide == pytest.approx([1, 10, 100, 1e3, 1e4])
    assert narrow == pytest.approx([5, 10, 20, 50])
    assert tiny == pytest.approx([50, 52, 54, 56, 58, 60])


def test_places_and_values_are_inverse_and_the_range_has_room(browser: Any) -> None:
    code = """
const axis = axisOf(given[0], given[1], 20, 320, 60);
return given[2].map(value => [axis.place(value), axis.value(axis.place(value))]);
"""
    for log, values in ((False, [2.0, 5.0, 8.0]), (True, [2.0, 4.0, 8.0])):
        places = computed(browser, code, [2, 8], log, values)
        assert [place for place, _ in places] == pytest.approx([20, 170, 320])
        assert [value for _, value in places] == pytest.approx(values)
    rooms = computed(
        browser,
        "return [rangeOf([1, 3], false), rangeOf([4], false), rangeOf([0.1, -1, 10], true), rangeOf([], false)]",
    )
    assert rooms[0] == pytest.approx([0.9, 3.1])
    assert rooms[1] == pytest.approx([3.8, 4.2])
    assert rooms[2] == pytest.approx([10**-1.1, 10**1.1])
    assert rooms[3] == [0, 1]


def test_the_ticks_of_an_axis_are_written_alike(browser: Any) -> None:
    wanted = {
        ("0", "500", "1,000"): [0, 500, 1000],
        ("0", "50K", "100K"): [0, 50_000, 100_000],
        ("0.1", "0.2", "0.3"): [0.1, 0.2, 0.1 + 0.2],
        ("0", "1e-30", "2e-30"): [0, 1e-30, 2e-30],
        ("1e-3", "1e+0", "1e+13"): [0.001, 1, 1e13],
    }
    written = computed(browser, f"{asset('elements.js')}\nreturn given[0].map(tickTexts)", [*wanted.values()])
    assert [tuple(texts) for texts in written] == [*wanted]
