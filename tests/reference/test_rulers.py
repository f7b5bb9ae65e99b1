import pytest

from gan_lab.reference.published import Record
from gan_lab.reference.rulers import rulers
from tests.reference.made import kept

FIDS = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 10.0}


def records(others: dict[str, float], extractor: str = "v2") -> list[Record]:
    found = []
    for row, fid in FIDS.items():
        for seed in (1, 2):
            record = kept(row, seed, fid + 0.1 * seed)
            measures = {"fid": fid + 0.1 * seed} | ({"fid_random_v1": others[row] - 5 * seed} if row in others else {})
            protocol = {"test": record["protocol"]["test"] | {"extractor": extractor}}
            found.append(record | {"measures": {"test": measures}, "protocol": protocol})
    return found


def test_the_correlation_is_that_of_ranks_of_means_and_the_farthest_rows_are_named() -> None:
    found = rulers(records({"a": 20.0, "b": 10.0, "c": 30.0, "d": 40.0, "e": 50.0}))
    # 1 - 6 Σd² / (n (n² - 1)), and two rows that change places have Σd² = 2.
    assert f"| 5 | {1 - 6 * 2 / (5 * 24):.3f} |" in found
    assert "`a` (2 for 1), `b` (1 for 2)" in found
    assert "classifier" not in found


def test_rows_in_the_same_order_are_not_named() -> None:
    assert "| 1.000 | none |" in rulers(records({row: fid**3 for row, fid in FIDS.items()}))


@pytest.mark.parametrize("others", [{}, {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}])
def test_too_few_rows_have_no_section(others: dict[str, float]) -> None:
    assert rulers(records(others)) == ""


def test_rows_of_another_usual_extractor_are_not_ranked_among_the_rest() -> None:
    of_one = records(FIDS)
    other = [record | {"row": record["row"] * 2} for record in records(FIDS, "fashion")]
    assert rulers(of_one + other[:4]) == rulers(of_one)
