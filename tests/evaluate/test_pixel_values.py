"""By which rule the values of an array become pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_lab.errors import GanLabError
from gan_lab.evaluate.pixel_values import BOOL, RULES, SYMMETRIC, UINT8, UNIT, WHOLE, rule_for

PATH = Path("images.npy")


def array(values: list[Any], kind: str) -> np.ndarray:
    return np.array(values, dtype=kind).reshape(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("values", "kind", "span", "rule", "pixels"),
    [
        ([0, 1, 255], "uint8", "0..255", UINT8, [0, 1, 255]),
        ([False, True], "bool", "0..1", BOOL, [0, 255]),
        ([0.0, 0.5, 1.0], "float32", "0..1", UNIT, [0, 128, 255]),
        ([0.25, 0.75], "float64", "0.25..0.75", UNIT, [64, 191]),
        ([-1.0, 0.0, 1.0], "float32", "-1..1", SYMMETRIC, [0, 128, 255]),
        ([-0.5, 0.5], "float16", "-0.5..0.5", SYMMETRIC, [64, 191]),
        ([0.0, 7.0, 255.0], "float64", "0..255", WHOLE, [0, 7, 255]),
        ([0, 1], "int64", "0..1", WHOLE, [0, 1]),
        ([3, 255], "uint16", "3..255", WHOLE, [3, 255]),
    ],
)
def test_type_and_range_decide(values: list[Any], kind: str, span: str, rule: str, pixels: list[int]) -> None:
    found = array(values, kind)
    assert rule_for(found, PATH) == (span, rule)
    assert RULES[rule](found).flatten().tolist() == pixels


@pytest.mark.parametrize(
    ("values", "kind", "span"),
    [
        ([0, 256], "int32", "0..256"),
        ([-1, 3], "int8", "-1..3"),
        ([0.0, 1.5], "float32", "0..1.5"),
        ([-1.25, 1.0], "float32", "-1.25..1"),
        ([-1.0, 2.0], "float32", "-1..2"),
        ([0.0, 256.0], "float32", "0..256"),
        ([-2.0, 3.0], "float32", "-2..3"),
    ],
)
def test_other_ranges_are_refused(values: list[Any], kind: str, span: str) -> None:
    with pytest.raises(GanLabError, match=rf"images.npy holds values of type {kind} in {span}, but uint8, bool"):
        rule_for(array(values, kind), PATH)


def test_other_types_and_what_is_not_finite_are_refused() -> None:
    for value in (np.nan, np.inf):
        with pytest.raises(GanLabError, match="not finite"):
            rule_for(array([0.0, value], "float32"), PATH)
    with pytest.raises(GanLabError, match="values of type complex128, but images must be numbers or bool"):
        rule_for(array([1j], "complex128"), PATH)
