"""The page of a study says what its trials say, and the committed records are whole methods of committed code."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gan_lab.errors import GanLabError
from gan_lab.reference import study_records
from gan_lab.study import study_results
from gan_lab.study.study_results import committed, grouped, read_study
from gan_lab.study.written_page import write_page
from tests.study.made_study import COMMIT, PROTOCOL, method, written

GOOD: list[float | None] = [5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]
BAD: list[float | None] = [50.0, 60.0, None, 80.0, 90.0, None, 110.0, 120.0]
METHODS = {name: method(name, fids) for name, fids in {"gan": BAD, "gan_r1": GOOD, "hinge": [*GOOD]}.items()}


def cells(page: str, name: str) -> list[str]:
    (line,) = re.findall(rf"^\| `{name}` \|(.*)\|$", page, re.MULTILINE)
    return [cell.strip() for cell in line.split("|")]


def test_the_page_has_the_medians_failures_and_verdicts(tmp_path: Path) -> None:
    folder = written(tmp_path, {**METHODS, "wgan": method("wgan", GOOD[:5])})
    write_page(read_study(folder), folder / "study.md")
    page = (folder / "study.md").read_text()
    assert cells(page, "gan_r1")[:2] == ["0", "8.5"]
    assert cells(page, "gan")[:2] == ["2", "100.0"], "of 50 60 80 90 110 120 and twice the worst, 120"
    assert re.findall(r"^\| `(\w+)` \| \d", page, re.MULTILINE) == ["gan_r1", "hinge", "gan"], "the best first"
    assert "`wgan`" not in page, "three of its trials are missing"
    assert "- `gan_r1` is better than `gan`\n- `hinge` is better than `gan`" in page
    assert "Random trials of `gan_r1` are better than those of `gan` (one is better in 100% of pairs" in page
    assert "with the best settings of each, FID on the test images is 5.5 ± 0.7 and 50.5 ± 0.7." in page
    assert {path.stem for path in folder.glob("*.png")} == {"trials", "best_of_k", "rate", "precision_recall"}


def test_what_cannot_be_compared_is_apart(tmp_path: Path) -> None:
    methods = METHODS | {
        "gan_fashion_mnist": method("gan", GOOD, words=["data=fashion_mnist"]),
        "gmgan_static": method("gmgan_static", GOOD, labelled=True),
    }
    groups = grouped(read_study(written(tmp_path, methods)).methods)
    assert {name: len(own) for name, own in groups.items()} == {"": 3, "fashion_mnist": 1, "with class labels": 1}


def test_committed_records_are_whole_methods_of_committed_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    for module, name in ((study_results, "COMMITTED"), (study_records, "COMMITTED")):
        monkeypatch.setattr(module, name, kept)
    monkeypatch.setattr(study_records, "PAGE", kept / "README.md")
    monkeypatch.setattr(study_records, "asked", lambda: PROTOCOL | {"methods": ["gan", "gan_r1", "hinge"]})
    study_records.collect(written(tmp_path / "one", {"gan": METHODS["gan"], "hinge": method("hinge", GOOD[:5])}))
    study_records.collect(written(tmp_path / "two", {"gan_r1": METHODS["gan_r1"]}))
    waiting = METHODS["hinge"]["finals"][:1]
    study_records.collect(written(tmp_path / "three", {"hinge": METHODS["hinge"] | {"finals": waiting}}))
    assert {path.name for path in kept.glob("*.json")} == {"gan.json", "gan_r1.json"}
    assert [found.name for found in committed().methods] == ["gan", "gan_r1"]
    page = (kept / "README.md").read_text()
    assert "`gan_r1` is better than `gan`" in page
    assert "Left out, since trials of theirs are missing: `hinge`." in page
    for refused, sentence in (
        (written(tmp_path / "other", METHODS, common=["network=mlp"]), "a study with network=mlp"),
        (written(tmp_path / "longer", METHODS, protocol={**PROTOCOL, "rounds": 200}), "another budget"),
        (written(tmp_path / "dirty", {"gan": method("gan", GOOD, commit=[f"{COMMIT}-dirty"])}), "not committed"),
    ):
        with pytest.raises(GanLabError, match=sentence):
            study_records.collect(refused)
    mine = read_study(written(tmp_path / "mine", {"mine": method("mine", GOOD)}))
    assert [found.name for found in mine.beside(committed()).methods] == ["mine", "gan", "gan_r1"]
    shorter = written(tmp_path / "shorter", {"mine": method("mine", GOOD)}, protocol={**PROTOCOL, "rounds": 50})
    assert len(read_study(shorter).beside(committed()).methods) == 1, "another protocol is another question"
    assert json.loads((kept / "gan.json").read_text())["protocol"]["methods"] == ["gan", "gan_r1", "hinge"]


def test_pilots_are_kept_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_records, "COMMITTED", tmp_path / "kept")
    first = written(tmp_path / "one", {"gan": METHODS["gan"]})
    second = written(tmp_path / "two", {"gan_r1": METHODS["gan_r1"]}, common=["network=mlp"])
    for folder in (first, second):
        study_records.collect_pilot([folder])
    studies = json.loads((tmp_path / "kept" / "pilot.json").read_text())["studies"]
    assert [(found["common"], [*found["methods"]]) for found in studies] == [("", ["gan"]), ("network=mlp", ["gan_r1"])]


def test_a_group_without_a_result_has_no_verdicts(tmp_path: Path) -> None:
    """And a method without one is not called as good as the worst of the others."""
    hinge = method("hinge", [None] * 8, finals=[])
    for gan, shown in ((method("gan", [None] * 8, finals=[]), 0), (method("gan", GOOD), 1)):
        folder = written(tmp_path / str(shown), {"gan": gan, "hinge": hinge})
        write_page(read_study(folder), folder / "study.md")
        page = (folder / "study.md").read_text()
        assert page.count("is better than") == shown
        assert "nan" not in page
        assert cells(page, "hinge")[-6] == "all diverged"


def test_finals_that_diverged_are_told_and_test_images_choose_nothing(tmp_path: Path) -> None:
    found = {name: method(name, fids) for name, fids in (("gan", GOOD), ("hinge", GOOD), ("flow_matching", BAD))}
    found["gan"]["finals"][1] |= {"status": "diverged", "test": {}}
    for final, test in zip(found["hinge"]["finals"], (1.0, 2.0), strict=True):
        final["test"]["fid"], final["validation"]["fid"] = test, 30.0
    folder = written(tmp_path, found)
    write_page(read_study(folder), folder / "study.md")
    page = (folder / "study.md").read_text()
    assert cells(page, "gan")[-5] == "5.00 (1 diverged)"
    assert "`gan`, has FID 5.00 on the test images" in page, "hinge is better there, but not on validation images"


def test_a_method_with_values_of_its_own_does_not_answer_for_its_model(tmp_path: Path) -> None:
    found = METHODS | {"gan_lecam": method("gan", [1.0] * 8, words=["penalty=[lecam]"])}
    folder = written(tmp_path, found)
    write_page(read_study(folder), folder / "study.md")
    (answer,) = [line for line in (folder / "study.md").read_text().splitlines() if "a gradient penalty pay" in line]
    assert "those of `gan` (" in answer
    assert "gan_lecam" not in answer


def test_nobody_is_sent_to_a_method_that_mostly_diverges(tmp_path: Path) -> None:
    lucky = method("wgan", [1.0, 1.0, 1.0, *[None] * 5])
    folder = written(tmp_path, METHODS | {"wgan": lucky})
    write_page(read_study(folder), folder / "study.md")
    page = (folder / "study.md").read_text()
    assert cells(page, "wgan")[1:3] == ["diverged", "1.0 (36% diverge)"]
    (answer,) = [line for line in page.splitlines() if "with time for 3 random trials" in line]
    assert "trials?** `gan_r1`," in answer
    assert answer.endswith("Left out, since all 3 diverge in more than 5 % of cases: `wgan`.")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda found: found.pop("model"), "gan.model is null and must be text"),
        (lambda found: found.update(trials=3), "gan.trials is 3 and must be"),
        (lambda found: found["trials"].append(7), "a training of gan.status is null and must be text"),
        (lambda found: found["trials"][0].update(fid="low"), "a training of gan.fid is 'low' and must be a number"),
        (lambda found: found["finals"][0].update(test={"fid": []}), "a training of gan.test is"),
    ],
)
def test_a_damaged_record_is_told_in_a_sentence(tmp_path: Path, damage: Callable[[Any], Any], sentence: str) -> None:
    found = deepcopy(METHODS["gan"])
    damage(found)
    with pytest.raises(GanLabError, match=re.escape(sentence)):
        read_study(written(tmp_path, {"gan": found}))
