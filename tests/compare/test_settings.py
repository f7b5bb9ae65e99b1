"""Configurations as dotted keys, and values from files that anybody may have written."""

from math import inf, nan
from typing import Any

import pytest

from gan_lab.compare.columns import Column, natural, shown, writable
from gan_lab.compare.settings import canonical, flattened, settings_of, settings_of_command
from gan_lab.trust.lenient import finite_numbers, listed, mapping, whole
from tests.compare.results import result


def test_nested_parts_become_dotted_keys_and_lists_stay_whole() -> None:
    nested = {"model": {"loss": {"weight": 3}, "widths": [1, 2]}, "epochs": 5}
    assert flattened(nested) == {"model.loss.weight": 3, "model.widths": [1, 2], "epochs": 5}


def test_what_is_the_machines_or_the_displays_is_no_setting() -> None:
    config = {
        "run_dir": "outputs/x",
        "callbacks": {"progress": {"label": "x"}, "progressive": {"on": True}, "evaluation": {"n": 5}},
        "metric": {"cache_dir": "/tmp", "folder": "/x", "where": "outputs/x/y"},
        "data": {"root": "/data", "size": 2},
        "loggers": {"csv": 1},
    }
    kept = {"callbacks.progressive.on": True, "callbacks.evaluation.n": 5, "data.size": 2}
    assert settings_of(config) == kept
    assert settings_of(config | {"dataset": "folder"}) == kept | {"data.root": "/data", "dataset": "folder"}


def test_a_command_line_gives_its_settings_but_not_its_choices() -> None:
    command = "python -m gan_lab model=gan data=ring seed=3 +epochs=5 'a.b=[1, x]' rate=1e-3 std=null broken=[ t='a b'"
    assert settings_of_command(command) == {
        **{"epochs": 5, "a.b": [1, "x"], "rate": 0.001, "std": None, "broken": "[", "t": "a b"},
    }
    assert settings_of_command("x=1 y='unclosed") == {"x": 1, "y": "'unclosed"}
    assert settings_of_command("x=a=b") == {"x": "a=b"}


def test_equal_values_have_equal_texts_and_only_these() -> None:
    assert canonical(10) == canonical(10.0) != canonical("10.0")
    assert canonical(True) != canonical(1)
    assert canonical([1, [True]]) == canonical([1.0, [True]]) != canonical([1, [1]])
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})
    assert canonical(None) == "null"


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "x", [1], {"a": 1}])
def test_only_the_type_that_is_asked_for_is_taken(value: Any) -> None:
    assert mapping(value) == (value if isinstance(value, dict) else {})
    assert listed(value) == (value if isinstance(value, list) else [])
    assert whole(value) == (value if type(value) is int else None)


def test_finite_numbers_are_kept() -> None:
    assert finite_numbers({"a": 1, "b": 2.5, "c": nan, "d": -inf, "e": True, "f": "3", "g": None}) == {"a": 1, "b": 2.5}
    assert finite_numbers([1]) == {}


def test_empty_values_come_first_then_numbers_then_words() -> None:
    values = ["b", 10, "", 2.5, True, "a", -1]
    ordered = sorted(values, key=lambda value: natural([value]))
    assert ordered == ["", -1, 2.5, 10, True, "a", "b"]


def test_settings_are_shown_as_a_user_writes_them() -> None:
    values = [None, True, [1, None, 0.5], 1e-05, 0.1234567, 3, "x"]
    assert [shown(value) for value in values] == ["null", "true", "[1, null, 0.5]", "1e-05", "0.123457", "3", "x"]
    assert writable([nan, [inf, -inf], 2.0]) == ["nan", ["inf", "-inf"], 2.0]
    assert writable("x") == "x"


def test_a_column_names_its_key_and_its_value_briefly() -> None:
    settings = {"variant": "gan", "model.loss._target_": "gan_lab.loss.hinge.Hinge", "optimizer.lr": 0.1, "x": None}
    run = result(settings=settings)
    loss, rate, absent = Column("model.loss._target_", True), Column("optimizer.lr", True), Column("data.size", True)
    assert [column.name for column in (loss, rate, absent)] == ["loss", "lr", "size"]
    assert [column.label(run) for column in (loss, rate, absent)] == ["loss Hinge", "lr 0.1", ""]
    assert Column("variant", True).label(run) == "gan"
    assert Column("x", True).label(run) == ""
    assert Column("model.penalties.gradient.weight", True).name == "gradient.weight"
