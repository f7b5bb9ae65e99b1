"""The samplers' tables have both floors where the evaluations have them."""

from gan_lab.metric.two_floors import WHY
from gan_lab.reference.published import Record
from gan_lab.reference.sampler_page import MEASURES, table, tables
from tests.reference.made import setting


def evaluated(split: str, floor: float, **second: float) -> Record:
    """The record of a setting whose floors have one value in all measures."""
    keys = (*MEASURES, "class_kl")
    more = {"floor_validation": dict.fromkeys(keys, second["validation"])} if second else {}
    costs = {"cost": {"passes": 1.0, "milliseconds": 0.5}, "acceptance": None}
    one = setting("direct", 3.0, floor=dict.fromkeys(keys, floor))
    return one | {"split": split, "measures": dict.fromkeys(keys, 0.5)} | costs | more


def test_a_table_has_the_second_floor_or_the_first_alone() -> None:
    old, new = evaluated("test", 1.5), evaluated("test", 1.5, validation=0.25)
    *_, last = table([old], MEASURES).splitlines()
    assert last.startswith("| real (floor) | 1.5 | 1.500 |")
    *_, test, validation = table([old, new], MEASURES).splitlines()
    assert test.startswith("| real (test) | 1.5 | 1.500 |")
    assert validation.startswith("| real (validation) | 0.2 | 0.250 |")
    assert test.count("|") == validation.count("|") == last.count("|")
    kept = {"gan": {"training": "model=gan", "rows": [new], "refused": []}}
    assert tables(kept).count(WHY) == 1
    assert WHY not in tables({"gan": kept["gan"] | {"rows": [old]}})
