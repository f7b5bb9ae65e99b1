"""Short runs on which no threshold was fixed: what is trained, recorded and counted of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.doctor.examination import SIGNS
from gan_lab.errors import GanLabError
from gan_lab.reference import unseen_records, unseen_runs
from gan_lab.reference.doctor_page import page
from gan_lab.reference.unseen_records import healthy, read_unseen, train_unseen, unseen_counts
from gan_lab.reference.unseen_runs import UNSEEN, Unseen, line, words_of

COMMIT = "0" * 40


@pytest.fixture
def one_point_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single unseen run, which takes a second."""
    words = (*unseen_runs.GRID, *line("model=wgan generator_steps=60 callbacks.evaluation.n=100 metric.emd_points=50"))
    for module in (unseen_runs, unseen_records):
        monkeypatch.setattr(module, "UNSEEN", {"clipped": Unseen(words, "weights clipped")})


def test_every_fault_has_a_finding_and_no_option_is_given_twice() -> None:
    """Whether the runs can be trained is found out by training them."""
    signs = {sign.__name__.replace("_", " ") for sign in SIGNS}
    assert {run.finding for run in UNSEEN.values()} - {""} <= signs
    for name in UNSEEN:
        keys = [word.partition("=")[0].lstrip("+") for word in words_of(name)]
        assert len(keys) == len({*keys}), name


@pytest.mark.slow
def test_what_has_a_record_is_not_trained_again(one_point_run: None, tmp_path: Path, monkeypatch: Any) -> None:
    records = tmp_path / "records.json"
    monkeypatch.setattr(unseen_records, "commit", lambda root: COMMIT)
    train_unseen(tmp_path / "runs", records)
    first = read_unseen(records)
    assert "weights clipped" in [found["name"] for found in first["clipped"]["findings"]]
    assert {*first["clipped"]["against_real"]} == {"modes_covered", "high_quality_share"}
    assert unseen_counts(first) == {
        **{"records": 1, "broken": 1, "broken_missed": [], "healthy": 0, "healthy_flagged": []}
    }
    monkeypatch.setattr(unseen_records, "commit", lambda root: f"{COMMIT}-dirty")
    train_unseen(tmp_path / "runs", records)
    assert read_unseen(records) == first
    records.write_text(json.dumps({"clipped": first["clipped"] | {"command": "another"}}))
    with pytest.raises(GanLabError, match="records are made by committed code"):
        train_unseen(tmp_path / "runs", records)


LEARNT = {"fid": 5.0, "recall_k3": 0.9}


def of_run(broken_to_have: str, *found: str, serious: bool = True, judged: dict[str, float] = LEARNT) -> dict[str, Any]:
    findings = [{"name": name, "serious": serious, "figure": 0.5, "threshold": 0.25} for name in found]
    return {"broken_to_have": broken_to_have, "against_real": judged, "findings": findings}


def test_both_errors_are_counted_and_shown() -> None:
    """Another finding than that which is due does not count, one that is not serious flags no healthy run, and a run
    that has not learnt its data may be flagged."""
    records = {
        "found": of_run("critic dead", "loss exploded", "critic dead"),
        "missed": of_run("critic dead", "loss exploded"),
        "noisy": of_run("measure noisy", "measure noisy", serious=False),
        "fine": of_run("", "still falling", serious=False),
        "flagged": of_run("", "recall gone"),
        "short": of_run("", "images alike", judged={"fid": 60.0, "recall_k3": 0.9}),
    }
    assert unseen_counts(records) == {
        **{"records": 6, "broken": 3, "broken_missed": ["missed"], "healthy": 2, "healthy_flagged": ["flagged"]}
    }
    text = page([], records)
    assert "Of 3 broken ones, 1 was missed: `missed`.\nOf 2 healthy ones, 1 was flagged: `flagged`." in text
    assert "| `noisy` | FID 5; recall 0.9 | measure noisy | *measure noisy* 0.5 (0.25) |" in text


@pytest.mark.parametrize(
    ("judged", "is_healthy"),
    [
        ({"fid": 15.0, "recall_k3": 0.5}, True),
        ({"fid": 15.1, "recall_k3": 0.9}, False),
        ({"fid": 2.0, "recall_k3": 0.4}, False),
        ({"modes_covered": 1.0, "high_quality_share": 0.5}, True),
        ({"modes_covered": 0.96, "high_quality_share": 1.0}, False),
        ({"modes_covered": 1.0, "high_quality_share": 0.4}, False),
        ({}, False),
    ],
)
def test_a_run_is_healthy_by_what_it_has_learnt(judged: dict[str, float], is_healthy: bool) -> None:
    """A run that failed is measured by nothing. One that is broken on purpose is never healthy."""
    assert healthy(of_run("", judged=judged)) is is_healthy
    assert not healthy(of_run("critic dead", judged=judged))
