"""The table of claims is in the order of the documents, and its answers follow from the records."""

import json
from pathlib import Path

import pytest

from gan_lab.reference.claims import CLAIMS, claims, divergences, lower, sampled
from gan_lab.reference.published import REFERENCE
from gan_lab.reference.row_records import read_records
from tests.reference.made import record, table


def test_every_claim_of_every_document_is_answered_from_the_committed_records() -> None:
    documents = [claim.documents for claim in CLAIMS]
    assert documents == sorted(documents)
    assert {*", ".join(documents).split(", ")} == {"000", "001", "002", "003", "004"}
    written = claims(read_records(REFERENCE / "table"), REFERENCE)
    assert written.count("\n") == len(CLAIMS) + 1
    assert all(line.count(" | ") == 2 for line in written.splitlines())


def test_a_claim_without_its_rows_is_left_out() -> None:
    assert "Batch norm" in claims([record("gan", 10), record("gan_n1", 20)], REFERENCE)
    assert "Batch norm" not in claims([record("gan", 10)], REFERENCE)


@pytest.mark.parametrize(("fid", "verdict"), [(10.0, "Yes"), (30.0, "No")])
def test_a_claim_on_two_rows_has_a_verdict_and_both_values(fid: float, verdict: str) -> None:
    said = lower("a", "b")(table(record("a", fid), record("b", 20)))
    assert said == f"{verdict} (1 and 1 seeds) ({fid:.1f} against 20.0)"


def test_a_sampler_is_judged_by_its_best_setting_and_the_noise(tmp_path: Path) -> None:
    rows = [
        {"sampler": sampler, "n": 2000, "seeds": [1, 2, 3], "measures": {"fid": fid}, "spread": {"fid": 2.0}}
        for sampler, fid in (("direct", 30.0), ("dot", 29.0), ("drs", 40.0), ("drs x=1", 27.0), ("mh", 33.0))
    ]
    (tmp_path / "samplers").mkdir()
    (tmp_path / "samplers" / "samplers.json").write_text(json.dumps({"gan": {"rows": rows}}))
    t = table(reference=tmp_path)
    assert sampled(t, "drs") == "It lowers FID of `gan` (30.0 without, 27.0 with it)"
    assert sampled(t, "dot").startswith("It does not change FID")
    assert sampled(t, "mh").startswith("It raises FID")


def test_divergences_are_those_of_distributions_that_do_not_overlap(tmp_path: Path) -> None:
    curves = [{"shift": shift, "js": min(shift / 3, 1.0), "emd": float(shift)} for shift in range(6)]
    found = {"figures": {"js_and_emd": {"numbers": {"log_2": 1.0, "curves": curves}}}}
    (tmp_path / "explain").mkdir()
    (tmp_path / "explain" / "explanation.json").write_text(json.dumps(found))
    assert "at shifts of 3 to 5, where the earth mover's distance is 3 to 5" in divergences(table(reference=tmp_path))
