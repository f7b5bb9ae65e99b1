"""Which measures come first, and how they are shown."""

from gan_lab.metric.direction import arrow, named
from gan_lab.metric.headline import headline, headlines, in_one_line

IMAGES = (
    *("class_separation", "coverage_k5", "fid", "fid_infinity", "kid", "recall_k3", "precision_k3", "density_k5"),
    *("inception_score", "authenticity"),
)
POINTS = ("reverse_kl", "emd", "high_quality_share", "modes_covered")


def test_five_of_images_and_those_of_points_in_the_same_order_however_they_come() -> None:
    expected = ["fid", "precision_k3", "recall_k3", "density_k5", "coverage_k5"]
    assert headlines(IMAGES, "fid") == headlines(reversed(IMAGES), "fid") == expected
    assert headlines(POINTS, "emd") == ["emd", "modes_covered", "high_quality_share", "reverse_kl"]


def test_what_chooses_checkpoints_comes_first_even_if_nothing_is_known_of_it() -> None:
    assert headlines(IMAGES, "kid")[:2] == ["kid", "fid"]
    assert headlines([*IMAGES, "mine"], "mine")[:2] == ["mine", "fid"]


def test_arrows_point_to_the_better_side_where_there_is_one() -> None:
    assert [arrow(name) for name in ("fid", "kid", "emd", "reverse_kl")] == ["↓"] * 4
    assert [arrow(name) for name in ("precision_k3", "recall_k10", "coverage_k5", "modes_covered")] == ["↑"] * 4
    assert arrow("class_separation") == ""
    assert [named(name) for name in ("fid_infinity", "class_separation")] == ["fid_infinity ↓", "class_separation"]


def test_columns_keep_their_values_and_miss_what_they_miss() -> None:
    found = headline({"best": {"fid": 2.0, "kid": 1.0, "odd": 3.0}, "floor": {"fid": 0.5}}, "fid")
    assert found == {"best": {"fid ↓": 2.0, "kid ↓": 1.0}, "floor": {"fid ↓": 0.5}}


def test_one_line_has_the_value_of_real_data_beside_each() -> None:
    said = in_one_line({"fid": 13.5578, "precision_k3": 0.6, "odd": 1.0}, {"fid": 5.25}, "fid")
    assert said == "fid 13.56 (real 5.25), precision_k3 0.6 (real -)"
    both = in_one_line({"fid": 13.5578}, {"fid": 5.25}, "fid", {"fid": 2.5})
    assert both == "fid 13.56 (real 5.25 on test, 2.5 on validation)"
