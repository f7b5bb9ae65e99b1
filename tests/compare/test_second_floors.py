"""A comparison shows both floors where an evaluation has the second one, and where a training is of that one's
protocol."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.compare.columns import columns_of
from gan_lab.compare.find import find
from gan_lab.compare.page import section_data
from gan_lab.compare.second_floors import mean_floor
from gan_lab.compare.sections import Section, sections_of
from gan_lab.compare.tables import comma_separated, markdown, terminal
from gan_lab.metric.two_floors import WHY
from tests.compare.runs import FLOOR, PROTOCOL, Config, write_run

TEST = PROTOCOL | {"split": "test", "reference_sha256": "7f" * 32}
VALIDATION = {key: value for key, value in PROTOCOL.items() if key not in ("sampler", "samples", "ema")}
TEST_FLOOR = {name: 2 * value for name, value in FLOOR.items()}


def evaluated(run: Path, dataset: str, **more: Any) -> None:
    """evaluation.json in the folder of the run, as `evaluate` writes it for data with two floors."""
    record = {
        "subject": {"variant": "gan", "dataset": dataset, "training_seed": 1, "sampler": "direct", "seeds": [1]},
        "measures": {"generated": {"fid": 9.0}, "spread": {}, "floor": TEST_FLOOR, "floor_validation": FLOOR},
        "protocol": {key: TEST[key] for key in (*VALIDATION, "samples")} | {"dataset": dataset},
        "floor_validation_protocol": VALIDATION | {"dataset": dataset},
    }
    (run / "evaluation").mkdir()
    (run / "evaluation" / "evaluation.json").write_text(json.dumps(record | more))


def sections(folder: Path) -> tuple[list[Section], Any]:
    results = find([folder]).results
    columns = columns_of(results)
    return sections_of(results, columns), columns


def test_a_training_and_its_evaluation_have_both_floors_their_own_first(tmp_path: Path, config: Config) -> None:
    write_run(tmp_path / "a", config)
    evaluated(tmp_path / "a", config["dataset"])
    (training, evaluation), columns = sections(tmp_path)
    assert training.floors == {"real (validation)": pytest.approx(FLOOR), "real (test)": pytest.approx(TEST_FLOOR)}
    assert evaluation.floors == {"real (test)": pytest.approx(TEST_FLOOR), "real (validation)": pytest.approx(FLOOR)}
    text = markdown([training, evaluation], columns, [])
    assert text.count(WHY) == 1
    assert "| real (validation) | 0.45 | 0.45 | 0.45 | 0.888 |" in text
    assert "| real (test) | 0.9 | 0.9 | 0.9 | 1.776 |" in text
    assert len({line.count("|") for line in text.splitlines() if line.startswith("| real (")}) == 2, "of two tables"
    told = terminal([training, evaluation]).split("\n\n")
    assert [line.split()[:3] for line in told[0].splitlines() if line.startswith("real")] == [
        ["real", "(validation)", "0.45"],
        ["real", "(test)", "0.9"],
    ]
    assert WHY in " ".join(told[-1].split())
    head, *lines = csv.reader(io.StringIO(comma_separated([training, evaluation], columns)))
    found = [dict(zip(head, line, strict=True)) for line in lines]
    assert [(float(one["floor/fid"]), float(one["second_floor/fid"])) for one in found] == [(0.45, 0.9), (0.9, 0.45)]
    data = section_data(training, [])
    assert [title for title, _ in data["floors"]] == ["real (validation)", "real (test)"]
    assert data["why_two_floors"] == WHY


@pytest.mark.parametrize(
    "more",
    [
        {"measures": {"generated": {"fid": 9.0}, "floor": TEST_FLOOR}},  # older, or of data of one pool
        {"measures": {"generated": {"fid": 9.0}, "floor": TEST_FLOOR, "floor_validation": {}}},
        {"floor_validation_protocol": {}},
        {"floor_validation_protocol": {"dataset": "ring"}},
        {"floor_validation_protocol": [1]},
        {"floor_validation_protocol": {**VALIDATION, "reference_sha256": "00" * 32}},
        {"floor_validation_protocol": {**VALIDATION, "reference_n": 2000}},
        {"floor_validation_protocol": {**VALIDATION, "extractor_sha256": "00" * 32}},
    ],
)
def test_what_is_of_another_protocol_is_no_second_floor_of_a_training(
    tmp_path: Path, config: Config, more: dict[str, Any]
) -> None:
    write_run(tmp_path / "a", config)
    if isinstance(stated := more.get("floor_validation_protocol"), dict) and stated:
        more = {"floor_validation_protocol": {"dataset": config["dataset"], **stated}}
    evaluated(tmp_path / "a", config["dataset"], **more)
    (training, evaluation), columns = sections(tmp_path)
    assert training.floors == {"real (floor)": pytest.approx(FLOOR)}
    there = "measures" not in more
    assert [*evaluation.floors] == (["real (test)", "real (validation)"] if there else ["real (floor)"])
    assert markdown([training, evaluation], columns, []).count(WHY) == there
    assert ("second_floor/fid" in comma_separated([training, evaluation], columns)) == there


def test_an_evaluation_with_more_measures_has_the_second_floor_of_its_training(tmp_path: Path, config: Config) -> None:
    write_run(tmp_path / "a", config)
    stated = VALIDATION | {"dataset": config["dataset"], "of_another_measure": 7}
    evaluated(tmp_path / "a", config["dataset"], floor_validation_protocol=stated)
    (training, _), _ = sections(tmp_path)
    assert [*training.floors] == ["real (validation)", "real (test)"]


def test_floors_are_means_of_those_that_have_a_measure() -> None:
    assert mean_floor([{"fid": 1.0}, {"fid": 3.0, "kid": 5.0}, {}]) == {"fid": 2.0, "kid": 5.0}
    assert mean_floor([]) == {}
