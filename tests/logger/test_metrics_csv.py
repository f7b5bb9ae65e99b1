"""metrics.csv: one line a step, whatever comes when, and whatever an interruption leaves."""

import csv
import resource
import signal
from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
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


def test_lines_are_appended_one_by_one_and_each_value_is_in_its_own(table: MetricsCSV) -> None:
    table.path.parent.mkdir()
    for step in range(1, 6):
        table.log_metrics({"loss": float(step)}, step=step)
        table.log_metrics({"fid": -float(step)}, step=step)
        assert len(lines(table.path)) == step - 1 if step > 1 else not table.path.exists()
    table.finalize("success")
    assert [(row["generator_steps"], row["loss"], row["fid"]) for row in lines(table.path)] == [
        (str(step), str(float(step)), str(-float(step))) for step in range(1, 6)
    ]


def test_a_column_that_comes_late_keeps_what_was_written_before(table: MetricsCSV) -> None:
    table.path.parent.mkdir()
    table.log_metrics({"loss": 1.0}, step=1)
    table.log_metrics({"loss": 2.0}, step=2)
    table.log_metrics({"loss": 3.0, "fid": 9.0}, step=3)
    table.log_metrics({"loss": 4.0}, step=4)
    table.save()
    assert [(row["loss"], row["fid"]) for row in lines(table.path)] == [
        *(("1.0", ""), ("2.0", ""), ("3.0", "9.0"), ("4.0", "")),
    ]


def test_after_a_new_column_lines_are_appended_again(table: MetricsCSV) -> None:
    """A file that is written anew with each line takes ever longer."""
    table.path.parent.mkdir()
    for step, name in ((10, "loss"), (20, "fid")):
        table.log_metrics({name: 1.0}, step=step)
        table.save()
    same = table.path.with_name("same.csv")
    same.hardlink_to(table.path)
    for step in (30, 40):
        table.log_metrics({"loss": 2.0}, step=step)
        table.save()
    assert len(lines(same)) == len(lines(table.path)) == 4


def test_nothing_to_resume_is_no_mistake(table: MetricsCSV) -> None:
    table.resume_at(20)
    assert not table.path.exists()
    assert table.save() is None
    assert not table.path.exists()


DAMAGED = {
    "no text": (b"\xff\x00", "it is no text"),
    "other columns": (b"a,b\n1,2\n", "does not begin with generator_steps"),
    "a column twice": (b"generator_steps,a,a\n1,2,3\n", "names a column twice"),
    "a value too many": (b"generator_steps,a\n10,2,3\n", "line 2 is no line of this table"),
    "words": (b"generator_steps,a\nten,2\n", "line 2 is no line of this table"),
    "twice": (b"generator_steps,a\n10,2\n10,2\n", "the step of line 3 does not follow"),
}


@pytest.mark.parametrize(("content", "sentence"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused_and_left_as_it_is(table: MetricsCSV, content: bytes, sentence: str) -> None:
    table.path.parent.mkdir(exist_ok=True)
    table.path.write_bytes(content)
    with pytest.raises(GanLabError, match=sentence):
        table.resume_at(20)
    assert table.path.read_bytes() == content


def test_half_a_line_is_mended_by_the_next_writing(table: MetricsCSV) -> None:
    table.log_metrics({"loss": 1.0}, 10)
    table.save()
    table.log_metrics({"loss": 2.0}, 20)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (table.path.stat().st_size + 3, limit[1]))
    try:
        with pytest.raises(OSError, match="too large") as full:
            table.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert full.value.filename == str(table.path)
    assert table.path.read_text().endswith("20,"), "the disk took three characters more"
    table.finalize("failed")
    assert [row["loss"] for row in lines(table.path)] == ["1.0", "2.0"]
