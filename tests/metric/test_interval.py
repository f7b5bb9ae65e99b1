"""Intervals around values: how wide they are, where they end, and how they are told."""

from math import inf, nan
from statistics import NormalDist

import pytest

from gan_lab.metric.interval import around, in_words, intervals, mean_intervals, texts, with_intervals


def test_an_interval_has_all_but_5_of_100_of_a_normal_law() -> None:
    low, high = around("fid", 10.0, 0.5)
    law = NormalDist(10.0, 0.5)
    assert (law.cdf(low), law.cdf(high)) == (pytest.approx(0.025, abs=1e-6), pytest.approx(0.975, abs=1e-6))


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        *[("fid", (0.0, 3.46)), ("kid", (-0.46, 3.46)), ("precision_k3", (0.0, 1.0)), ("density_k5", (0.0, 3.46))],
        *[("inception_score", (1.0, 3.46)), ("classes_covered", (1.0, 3.46)), ("modes_covered", (0.0, 3.46))],
    ],
)
def test_it_ends_where_the_measure_ends(name: str, ends: tuple[float, float]) -> None:
    value = 1.0 if name == "precision_k3" else 1.5
    assert around(name, value, 1.0) == pytest.approx(ends, abs=1e-3)


def test_it_ends_where_the_number_of_classes_ends_it() -> None:
    assert intervals(
        {"modes_covered": 25.0, "fid": 25.0}, {"modes_covered": 0.4, "fid": 0.4}, {"modes_covered": 25.0}
    ) == {
        "modes_covered": (pytest.approx(24.216, abs=1e-3), 25.0),
        "fid": pytest.approx((24.216, 25.784), abs=1e-3),
    }


def test_only_values_that_are_there_and_known_have_one() -> None:
    deviations = {"fid": 1.0, "kid": nan, "emd": 1.0, "precision_k3": 0.1}
    assert [*intervals({"fid": 5.0, "kid": 0.1, "emd": nan}, deviations)] == ["fid"]
    assert intervals({"fid": inf}, {"fid": 1.0}) == {}


def test_over_several_samples_both_ends_are_averaged() -> None:
    runs = [{"fid": (1.0, 2.0), "kid": (0.0, 0.1)}, {"fid": (2.0, 5.0)}]
    assert mean_intervals(runs) == {"fid": (1.5, 3.5)}


def test_tables_have_them_as_words_behind_the_best() -> None:
    assert in_words((0.91234567, 1234.5)) == "0.9123 to 1234"
    assert texts({"fid": (1.0, 2.5)}) == {"fid": "1 to 2.5"}
    columns = {"best": {"fid": 2.0}, "last": {"fid": 3.0}}
    assert [*with_intervals(columns, {"fid": (1.0, 3.0)})] == ["best", "95 % interval", "last"]
    assert with_intervals(columns, {}) == columns
