"""Values in the types and ranges that options declare."""

from math import inf, nan
from typing import Annotated, Any, Literal

import pytest

from gan_lab.domains import (
    BelowOne,
    Exponent,
    NonNegative,
    NonNegativeInt,
    Positive,
    PositiveInt,
    Probability,
    Share,
    at_least,
    conform,
    readable,
)
from gan_lab.errors import GanLabError

RANGES: list[tuple[Any, list[Any], list[Any]]] = [
    (Positive, [1e-300, 1, 1e38], [0, -1, -1e-300, nan, inf, True, "1", None, [1]]),
    (NonNegative, [0, 0.0, 3], [-1e-300, -1, nan, inf]),
    (Share, [1e-9, 1], [0, 1.0001, nan]),
    (Probability, [0, 1, 0.5], [-0.1, 1.1, nan]),
    (BelowOne, [0, 0.999], [1, -0.1, nan]),
    (Exponent, [1, 2.5, inf], [0.999, -inf, nan]),
    (PositiveInt, [1, 10**9, 3.0, 1e3], [0, -1, 1.5, inf, nan, True, "3"]),
    (NonNegativeInt, [0, 1], [-1]),
    (Annotated[int, at_least(20)], [20], [19]),
    (float, [0, -1.5], [inf, -inf, nan, False]),
    (int, [-3, 2.0], [2.5, nan, False]),
    (bool, [True, False], [0, 1, "true", None]),
    (str, ["", "x"], [3, None]),
    (Positive | None, [None, 1], [0, "null"]),
    (int | None, [None, 0], [0.5]),
    (Literal[1, 2], [1, 2], [True, 1.5, "1", 3]),
    (Literal["a", "b"], ["a"], ["c", None]),
    (tuple[PositiveInt, ...], [[], [1, 2], (3,)], [[0], [1, -1], 1, "12"]),
    (tuple[BelowOne, BelowOne], [[0, 0.5]], [[0.5], [0.5, 0.5, 0.5], [0, 1], 0.5]),
    (list[str], [["a"], []], [["a", 1], "a"]),
    (dict[str, PositiveInt], [{"a": 1}, {}], [{"a": 0}, [1]]),
    (Any, [None, nan, "x"], []),
]


@pytest.mark.parametrize(("hint", "right", "wrong"), RANGES, ids=[readable(row[0]) for row in RANGES])
def test_values_inside_are_taken_and_those_outside_refused_by_name(
    hint: Any, right: list[Any], wrong: list[Any]
) -> None:
    for value in right:
        found = conform(value, hint, "x")
        assert found == (tuple(value) if isinstance(found, tuple) else value) or value != value
    for value in wrong:
        with pytest.raises(GanLabError, match=r"^x is .* and must be ") as refused:
            conform(value, hint, "x")
        assert readable(hint) in str(refused.value)


def test_numbers_and_lists_get_the_type_that_is_asked_for() -> None:
    for value, hint, kind in (
        (1, Positive, float),
        (1e3, PositiveInt, int),
        (2, int | float, int),
        (2, float | int, int),
    ):
        assert type(conform(value, hint, "x")) is kind
    assert [type(one) for one in conform([0, 1], tuple[float, int], "x")] == [float, int]
    assert type(conform([1], tuple[int, ...], "x")) is tuple


@pytest.mark.parametrize(
    ("value", "hint", "limit"),
    [
        (1e100, PositiveInt, "a whole number of 1 or more, at most 1,000,000,000"),
        (1e100, Positive, "a number above 0, at most 3.4e+38, in single precision"),
        (10**9 + 1, PositiveInt | None, "a whole number of 1 or more or null, at most 1,000,000,000"),
        ([3, 10**400], tuple[PositiveInt, ...], "each a whole number of 1 or more, at most 1,000,000,000"),
        (-(2**63) - 1, int, "a whole number, at most 9,223,372,036,854,775,807"),
        (101, Annotated[int, at_least(1, most=100)], "a whole number of 1 or more, at most 100"),
        (10**400, float, "a number, at most 9,223,372,036,854,775,807"),
    ],
)
def test_what_is_too_large_for_any_use_is_told_of_the_limit(value: Any, hint: Any, limit: str) -> None:
    with pytest.raises(GanLabError) as refused:
        conform(value, hint, "n")
    assert str(refused.value).endswith(limit)


def test_a_sentence_says_what_is_allowed() -> None:
    with pytest.raises(GanLabError, match=r"^optimizer.lr is -1 and must be a number above 0$"):
        conform(-1, Positive, "optimizer.lr")
    with pytest.raises(GanLabError, match=r"^n is null and must be a whole number of 1 or more$"):
        conform(None, PositiveInt, "n")
    with pytest.raises(GanLabError, match=r"^b is 1 and must be a list of 2 values, each a number from 0 to below 1$"):
        conform(1, tuple[BelowOne, BelowOne], "b")
