"""Rows stand beside the floors of both splits, and a dash stands for what older records lack."""

from gan_lab.reference.both_floors import average_and_raw, floor_of, near_rows, real, times_the_floors
from gan_lab.reference.published import Record


def record(row: str, seed: int, test: float, best: float, *, older: bool = False) -> Record:
    """With an FID on each split, and a KID of a thousandth of it; floors of 1 and of 0.5."""
    measures = {
        **{"test": {"fid": test, "kid": test / 1000}, "best": {"fid": best, "kid": best / 1000}},
        "floor": {"fid": 1.0, "kid": 0.001},
    }
    second = {} if older else {"floor_validation": {"fid": 0.5, "kid": -0.0005}}
    return {"row": row, "seed": seed, "measures": measures | second}


def test_a_row_is_read_against_both_floors() -> None:
    seeds = [record("a", 1, 1.5, 1.25), record("a", 2, 1.7, 1.35)]
    assert times_the_floors(seeds) == (
        "FID is 1.6 times that of real images on the test images and 2.6 times that of real images on the validation "
        "images"
    )


def test_older_records_have_a_dash_and_no_ratio() -> None:
    old = [record("a", 1, 1.5, 1.25, older=True)]
    assert times_the_floors(old) == ""
    assert floor_of([*old, record("b", 1, 1.5, 1.25)], "validation", "fid") == 0.5
    assert real(old, "validation", "fid", ".2f") == "-"


def test_the_average_stands_beside_the_generator_that_is_trained() -> None:
    both = [{"measures": {"last": {"fid": 3.0}, "raw": {"fid": 5.0 + seed}}} for seed in (0, 1)]
    assert average_and_raw(both) == "3.00 / 5.50"
    assert average_and_raw([{"measures": {"last": {"fid": 3.0}, "raw": {}}}]) == "3.00 / -"
    assert times_the_floors([]) == ""


def test_rows_near_the_floor_stand_in_order_beside_those_of_both_splits() -> None:
    by_row = {
        "far": [record("far", 1, 11.0, 10.0)],
        "near": [record("near", 1, 9.0, 8.0)],
        "nearer": [record("nearer", 1, 2.0, 1.0), record("nearer", 2, 2.0, 1.0)],
        "missing": [],
    }
    head, *lines = near_rows(by_row)
    assert head == ["row", "FID, test", "FID, validation", "KID, test", "KID, validation"]
    assert [line[0] for line in lines] == ["`nearer`", "`near`", "real images (floor)"]
    assert lines[0][1:3] == ["2.00 ± 0.00", "1.00 ± 0.00"]
    assert lines[-1][1:] == ["1.00", "0.50", "0.0010", "-0.0005"]
    assert near_rows({"missing": []}) == []
