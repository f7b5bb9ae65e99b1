"""What a configuration's objects are given, checked against their constructors without importing these."""

from typing import Any

import pytest

from gan_lab.checks.objects import check_objects
from gan_lab.checks.trainer_options import numbers_devices
from gan_lab.errors import GanLabError

NORMAL = {"_target_": "gan_lab.prior.normal.Normal"}


def check(config: Any) -> None:
    check_objects(config, "prior", str)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "^prior lacks dim, which Normal needs$"),
        ({"dim": 0}, "^prior.dim is 0 and must be a whole number of 1 or more$"),
        ({"dim": 3, "dims": 3}, r"^prior.dims is no option of Normal: it takes .*did you mean dim\?"),
    ],
)
def test_options_are_those_of_the_constructor(options: dict[str, Any], sentence: str) -> None:
    check(NORMAL | {"dim": 3})
    with pytest.raises(GanLabError, match=sentence):
        check(NORMAL | options)


def test_a_call_that_is_to_be_completed_may_lack_options() -> None:
    check(NORMAL | {"_partial_": True})
    with pytest.raises(GanLabError, match=r"^prior lacks dim"):
        check(NORMAL | {"_partial_": False})


@pytest.mark.parametrize("around", [lambda one: [one], lambda one: {"of": one}, lambda one: {"of": [{"of": one}]}])
def test_objects_inside_of_lists_and_mappings_are_checked_too(around: Any) -> None:
    check(around(NORMAL | {"dim": 3}))
    with pytest.raises(GanLabError, match=r"^prior.*dim is -1 and must be"):
        check(around(NORMAL | {"dim": -1}))


@pytest.mark.parametrize(
    ("devices", "right"),
    [
        *((1, True), (2, True), (-1, True), (0, False), (-2, False)),
        *(([0], True), ([0, 2], True), ([], False), ([1, -1], False), ([-1, 1], False)),
        *(("auto", True), ("0,1", True), ("-1", True), ("many", False), ("1,x", False)),
    ],
)
def test_devices_are_a_number_or_indices(devices: Any, right: bool) -> None:
    assert numbers_devices(devices) == right
