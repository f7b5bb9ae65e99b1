"""The tables of several evaluations."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from gan_lab.evaluate.collect import Collect, by_protocol, comma_separated, job_number, label, lines, markdown
from gan_lab.metric.two_floors import WHY
from gan_lab.runs.atomic import write_json


def record(fid: float, *overrides: str, split: str = "test", **more: Any) -> dict[str, Any]:
    given = {
        "overrides": [*overrides],
        "protocol": {"k": 3, "samples": 100, "split": split},
        "measures": {"generated": {"fid": fid}, "spread": {}, "floor": {"fid": 1.0}},
        "cost": {"passes": 2.0, "milliseconds": 0.5},
        "subject": {"sampler": "direct"},
    }
    return given | more


def test_only_records_of_one_protocol_share_a_table() -> None:
    first, second, third = record(3.0), record(4.0, split="validation"), record(5.0)
    tables = by_protocol([first, second, third])
    assert [(title, [one["measures"]["generated"]["fid"] for one in group]) for title, group in tables] == [
        ("split test, samples 100", [3.0, 5.0]),
        ("split validation, samples 100", [4.0]),
    ]
    other = record(6.0) | {"protocol": {"k": 5, "samples": 100, "split": "test", "extra": 1}}
    assert [title for title, _ in by_protocol([first, other])] == [
        "split test, samples 100, k 3",
        "split test, samples 100, k 5, extra 1",
    ]
    assert len(by_protocol([first, first | {"protocol": dict(reversed(first["protocol"].items()))}])) == 1


def test_a_label_has_the_overrides_that_not_all_share() -> None:
    records = [record(1.0, "n=5", "seed=1", "t=2"), record(1.0, "n=5", "seed=2"), record(1.0, "n=5")]
    assert [label(one, records) for one in records] == ["seed=1 t=2", "seed=2", "generated"]


def test_a_table_has_values_spreads_costs_and_the_floor() -> None:
    several = {"generated": {"fid": 3.0, "kid": 2.5}, "spread": {"fid": 0.25}, "floor": {"fid": 1.0}}
    records = [record(4.0, "seed=1"), record(0.0, "seed=2", measures=several, cost={})]
    assert lines(records, records) == [
        ["", "fid", "kid", "passes per sample", "milliseconds per sample"],
        ["seed=1", "4", "-", "2", "0.5"],
        ["seed=2", "3 ± 0.25", "2.5 ± -", "-", "-"],
        ["real (floor)", "1", "-", "-", "-"],
    ]
    files = [record(4.0, cost={})]
    assert lines(files, files) == [["", "fid"], ["generated", "4"], ["real (floor)", "1"]]


def test_a_table_has_both_floors_where_an_evaluation_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = {"generated": {"fid": 3.0}, "spread": {}, "floor": {"fid": 1.0}, "floor_validation": {"fid": 0.5}}
    records = [record(4.0, "seed=1"), record(0.0, "seed=2", measures=both)]
    assert [line[:2] for line in lines(records, records)[3:]] == [["real (test)", "1"], ["real (validation)", "0.5"]]
    for number, one in enumerate(records):
        (tmp_path / str(number)).mkdir()
        write_json(tmp_path / str(number) / "evaluation.json", one)
    Collect().on_multirun_end(OmegaConf.create({"hydra": {"sweep": {"dir": str(tmp_path)}}}))
    assert WHY in " ".join(capsys.readouterr().out.split())
    assert WHY in (tmp_path / "evaluations.md").read_text()
    assert ",floor_validation,fid,0.5" in (tmp_path / "evaluations.csv").read_text()


def test_chosen_measures_alone_have_columns_with_arrows() -> None:
    records = [record(4.0, "seed=1"), record(5.0, "seed=2")]
    assert lines(records, records, ["fid"])[0] == ["", "fid ↓", "passes per sample", "milliseconds per sample"]


def test_markdown_and_csv() -> None:
    records = [record(4.0, "seed=1"), record(5.0, "seed=2", split="validation")]
    tables = by_protocol(records)
    assert markdown("a title", [records[0]]).splitlines() == [
        *(
            "**a title**",
            "",
            "|  | fid | passes per sample | milliseconds per sample |",
            "| --- | ---: | ---: | ---: |",
        ),
        *("| generated | 4 | 2 | 0.5 |", "| real (floor) | 1 | - | - |"),
    ]
    head, *rows = csv.reader(StringIO(comma_separated(tables, records)))
    assert head == ["protocol", "evaluation", "row", "measure", "value"]
    title = "split test, samples 100"
    assert rows[:4] == [
        [title, "seed=1", "generated", "fid", "4.0"],
        [title, "seed=1", "floor", "fid", "1.0"],
        [title, "seed=1", "cost", "passes", "2.0"],
        [title, "seed=1", "cost", "milliseconds", "0.5"],
    ]
    assert len(rows) == 8


def test_the_end_of_a_sweep_writes_and_prints_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = OmegaConf.create({"hydra": {"sweep": {"dir": str(tmp_path)}}})
    Collect().on_multirun_end(config)
    assert not [*tmp_path.iterdir()]
    assert capsys.readouterr().out == ""
    for number, fid in ((10, 6.0), (2, 5.0), (0, 4.0)):
        (tmp_path / str(number)).mkdir()
        write_json(tmp_path / str(number) / "evaluation.json", record(fid, f"seed={number}"))
    Collect().on_multirun_end(config)
    printed = capsys.readouterr().out.splitlines()
    assert printed[1] == "split test, samples 100"
    assert [line.split()[:2] for line in printed[3:7]] == [
        *(["seed=0", "4"], ["seed=2", "5"], ["seed=10", "6"], ["real", "(floor)"]),
    ]
    assert f"all measures: {tmp_path}/evaluations.md" in printed
    assert f"as numbers: {tmp_path}/evaluations.csv" in printed
    assert (tmp_path / "evaluations.md").read_text().startswith("**split test, samples 100**")
    assert (tmp_path / "evaluations.csv").read_text().count("\n") == 13
    assert job_number(tmp_path / "10" / "evaluation.json") == 10


def test_a_folder_of_somebody_else_is_escaped_and_its_damaged_records_are_left_out(tmp_path: Path) -> None:
    hostile = record(4.0, "=1+1|<b>[x](y)", "\x1b[31m", subject=[], cost={"passes": "x"})
    for name, content in (
        ("0", hostile),
        ("3", record(5.0)),
        ("1", {}),
        ("2", {"measures": {"generated": 5}}),
        ("notes", record(1.0)),
    ):
        (tmp_path / name).mkdir()
        write_json(tmp_path / name / "evaluation.json", content)
    Collect().on_multirun_end(OmegaConf.create({"hydra": {"sweep": {"dir": str(tmp_path)}}}))
    cells = [cell for line in csv.reader(StringIO((tmp_path / "evaluations.csv").read_text())) for cell in line]
    assert not any(cell.startswith("=") for cell in cells)
    text = (tmp_path / "evaluations.md").read_text()
    assert "<" not in text
    assert "](" not in text
    assert "\x1b" not in text
    assert "'=1+1|<b>[x](y)  [31m" in cells
    assert cells.count("fid") == 4
