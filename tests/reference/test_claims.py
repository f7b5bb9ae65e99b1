"""The table of claims is in the order of the documents, and its answers follow from the records."""

import json
from pathlib import Path

import pytest

from gan_lab.reference.answer_table import Table
from gan_lab.reference.claims import ASKED, CLAIMS, best_deviation, claims, divergences, lower, sampled
from gan_lab.reference.mixture_answers import DEVIATIONS
from gan_lab.reference.published import REFERENCE
from gan_lab.reference.row_records import read_records
from tests.reference.made import answered, record, setting, table, three, write_samplers


def test_every_claim_of_every_document_is_answered_from_the_committed_records() -> None:
    documents = [claim.documents for claim in CLAIMS]
    assert documents == sorted(documents)
    assert {*", ".join(documents).split(", ")} == {"000", "001", "002", "003", "004"}
    written = claims(Table.asked_by(ASKED, read_records(REFERENCE / "table"), REFERENCE))
    assert written.count("\n") == len(CLAIMS) + 1
    assert all(line.count(" | ") == 2 for line in written.splitlines())


def test_a_claim_without_its_rows_is_left_out() -> None:
    assert "Batch norm" in claims(Table([record("gan", 10), record("gan_n1", 20)], REFERENCE))
    assert "Batch norm" not in claims(Table([record("gan", 10)], REFERENCE))


@pytest.mark.parametrize(("fid", "verdict"), [(10.0, "Yes"), (30.0, "No")])
def test_a_claim_on_two_rows_has_a_verdict_and_both_values(fid: float, verdict: str) -> None:
    assert answered(lower("a", "b"), *three("a", fid), *three("b", 20)) == f"{verdict} ({fid:.1f} against 20.0)"


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (
            {0.5: 40.0, 0.7: 30.0, 1.4: 10.0, 2.0: 5.0},
            "No: 1.4 and 2.0 have a lower FID (the lowest mean is at 2.0: 5.0",
        ),
        ({0.5: 40.0, 0.7: 30.0, 1.4: 25.0, 2.0: 25.0}, "Yes (the lowest mean is at 1.0: 20.0"),
        ({0.5: 40.0, 0.7: 30.0, 1.4: 19.9, 2.0: 25.0}, "Inconclusive (the lowest mean is at 1.4: 19.9"),
    ],
)
def test_the_best_deviation_is_judged_by_its_verdicts(others: dict[float, float], said: str) -> None:
    rows = [one for std, fid in ({1.0: 20.0} | others).items() for one in three(DEVIATIONS[std], fid)]
    assert answered(best_deviation, *rows) == f"{said} against 20.0)"


def test_a_sampler_is_judged_by_its_best_setting(tmp_path: Path) -> None:
    write_samplers(tmp_path, "gan", setting("direct", 30.0), setting("drs", 40.0), setting("drs x=1", 20.0))
    write_samplers(tmp_path, "wgan_gp", setting("direct", 30.0), setting("drs", 45.0))
    t = table(reference=tmp_path)
    assert sampled(t, "drs", "gan") == "It lowers FID of `gan` (30.0 without, 20.0 with it)"
    assert sampled(t, "drs").endswith("; it raises FID of `wgan_gp` (30.0 without, 45.0 with it)")


def test_divergences_are_those_of_distributions_that_do_not_overlap(tmp_path: Path) -> None:
    curves = [{"shift": shift, "js": min(shift / 3, 1.0), "emd": float(shift)} for shift in range(6)]
    found = {"figures": {"js_and_emd": {"numbers": {"log_2": 1.0, "curves": curves}}}}
    (tmp_path / "explain").mkdir()
    (tmp_path / "explain" / "explanation.json").write_text(json.dumps(found))
    assert "at shifts of 3 to 5, where the earth mover's distance is 3 to 5" in divergences(table(reference=tmp_path))
