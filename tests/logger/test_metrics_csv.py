"""metrics.csv: one line a step, whatever comes when, and whatever an interruption leaves."""

import csv
from pathlib import Path

import pytest

from gan_lab.logger.metrics_csv import MetricsCSV


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def table(tmp_path: Path) -> MetricsCSV:
    return MetricsCSV(tmp_path / "run" / "metrics.csv")


def test_values_of_one_step_share_a_line(table: MetricsCSV) -> None:
    table.path.parent.mkdir()
    table.log_metrics({"loss": 1.5}, step=10)
    table.log_metrics({"fid": 3.0}, step=10)
    table.log_metrics({"loss": 0.1 + 0.2}, step=20)
    table.save()
    assert lines(table.path) == [
        {"generator_steps": "10", "loss": "1.5", "fid": "3.0"},
        {"generator_steps": "20", "loss": repr(0.1 + 0.2), "fid": ""},
    ]


def test_a_value_that_comes_after_its_line_was_written_still_joins_it(table: MetricsCSV) -> None:
    table.path.parent.mkdir()
    table.log_metrics({"loss": 1.0}, step=10)
    table.save()
    table.log_metrics({"kid": 2.0}, step=10)
    table.log_metrics({"loss": 3.0}, step=20)
    table.save()
    table.save()
    assert [row["kid"] for row in lines(table.path)] == ["2.0", ""]
    assert [row["loss"] for row in lines(table.path)] == ["1.0", "3.0"]


@pytest.mark.parametrize("torn", ["", "30,9", "30,9.0\n", "3"])
def test_resuming_forgets_later_and_torn_lines(table: MetricsCSV, torn: str) -> None:
    table.path.parent.mkdir()
    for step in (10, 20, 30):
        table.log_metrics({"loss": float(step)}, step=step)
    table.save()
    with table.path.open("a") as file:
        file.write(torn)
    again = MetricsCSV(table.path)
    again.resume_at(20)
    again.log_metrics({"loss": -1.0}, step=30)
    again.save()
    assert [(row["generator_steps"], row["loss"]) for row in lines(table.path)] == [
        ("10", "10.0"),
        ("20", "20.0"),
        ("30", "-1.0"),
    ]
