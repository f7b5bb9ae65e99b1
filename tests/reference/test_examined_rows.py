"""Both errors of the doctor over the table's records, and the page of what is found in which row."""

from pathlib import Path
from typing import Any

import pytest

from gan_lab.reference.doctor_page import page
from gan_lab.reference.examined_rows import counts, evidence_of_record, examined_rows
from tests.doctor.made import FLOOR, GOOD


def record(row: str, config: dict[str, Any] | None = None, **last: float) -> dict[str, Any]:
    """A record as the table keeps it, of which only what the doctor reads."""
    measures = {"best": GOOD | last, "last": GOOD | last, "floor": FLOOR | {"fid": 2.0}, "floor_validation": FLOOR}
    shares = {"shares": [0.2, *[0.01] * 58, 0.2]}
    return {"row": row, "seed": 1, "measures": measures, "config": config or {}, "critic_weights": shares}


CLIPPING = {"model.constraints.weight_clipping.limit": 0.01}
ROWS = (
    record("found", fid=200.0, class_least_share=0.0),
    record("missed", fid=150.0),
    record("neither", fid=50.0, recall_k3=0.1),
    record("flagged", fid=5.0, config=CLIPPING),
    record("fine", fid=5.0),
)


def test_both_errors_are_counted(tmp_path: Path) -> None:
    """FID is compared with the floor on the validation images, which is 1 here."""
    rows = examined_rows(ROWS, tmp_path)
    assert [row.fid_in_floors for row in rows] == [200, 150, 50, 5, 5]
    assert counts(rows) == {
        **{"records": 5, "broken": 2, "broken_missed": ["missed-seed1"]},
        **{"healthy": 2, "healthy_flagged": ["flagged-seed1"]},
        "findings": {"class missing": 1, "recall gone": 1, "weights clipped": 1},
    }
    text = page(rows, {})
    assert "Of 2 broken ones, 1 was missed: `missed-seed1`." in text
    assert "Of 2 healthy ones, 1 was flagged: `flagged-seed1`." in text
    assert "| `found` | 1 | 200.0 | 0.87 | broken | class missing 0 (0.1) |" in text


def test_curves_come_before_the_histogram_of_the_critics_weights(tmp_path: Path) -> None:
    lines = [f"{step},0.1" for step in range(1, 41)]
    curves = tmp_path / "flagged-seed1.csv"
    assert evidence_of_record(ROWS[3], curves).ending("critic/clipped_share") == pytest.approx(0.4)
    curves.write_text("\n".join(["generator_steps,critic/clipped_share", *lines, ""]))
    assert evidence_of_record(ROWS[3], curves).ending("critic/clipped_share") == pytest.approx(0.1)
    assert evidence_of_record(ROWS[4], curves.with_name("none.csv")).ending("critic/clipped_share") is None


def test_a_table_without_records_has_a_page(tmp_path: Path) -> None:
    assert "No row has a record yet." in page(examined_rows([], tmp_path), {})
