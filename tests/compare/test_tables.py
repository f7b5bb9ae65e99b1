"""The comparison in Markdown, in CSV and on the terminal."""

import csv
import io

import pytest

from gan_lab.compare.columns import Column
from gan_lab.compare.sections import Statistic
from gan_lab.compare.tables import (
    amount,
    comma_separated,
    cost,
    interval_note,
    markdown,
    readable,
    seeds,
    spread_note,
    state,
    terminal,
)
from gan_lab.trust.texts import markdown_cell
from tests.compare.results import result, row, section

LR, VARIANT = Column("optimizer.lr", True, ("model.lr",)), Column("variant", True)


def measured(best: float, last: float = 4.0, **more: float) -> dict[str, dict[str, float]]:
    return {"best": {"emd": best, **more}, "last": {"emd": last, **more}, "raw": {}, "floor": {"emd": 1.0}}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((999.44, "999.4"), (1000.0, "1,000"), (-1234.5, "-1,234"), (0.123456, "0.1235"), (12.0, "12")),
        *((3.328e-32, "0"), (-1e-13, "0"), (2e-8, "2e-08"), (0.0, "0")),
    ],
)
def test_four_digits_and_whole_thousands(value: float, text: str) -> None:
    assert readable(value) == text


def test_a_mean_has_its_spread_where_there_is_one() -> None:
    assert amount(Statistic(12.341, 0.5678, 3)) == "12.34 ± 0.57"
    assert amount(Statistic(12.341, None, 1)) == "12.34"
    assert amount(None) == "-"


def test_a_cost_has_no_spread_of_zero() -> None:
    runs = [result(str(n), cost={"generator_steps": 40.0, "seconds": 1.0 + n}) for n in range(2)]
    assert cost(row(*runs), "generator_steps") == "40"
    assert cost(row(*runs), "seconds") == "1.5 ± 0.71"
    assert cost(row(*runs), "images_seen") == "-"
    assert amount(row(*runs).statistic("best", "emd")) == "3 ± 0"


def test_what_a_spread_is_over_is_said_where_there_is_one() -> None:
    lone, two, five = (row(*(result(str(n), seed=n) for n in range(count))) for count in (1, 2, 5))
    sampled = row(result(sampling=(4, {"emd": 0.1})))
    assert spread_note(section(lone)) == ""
    assert spread_note(section(five)) == "± is the standard deviation over the 5 runs of a row, one for each seed"
    said = (
        "± is the standard deviation over the 2 runs of a row, one for each seed: from two or three, a rough estimate"
    )
    assert spread_note(section(lone, two)) == said
    assert "over the 2 to 5 runs" in spread_note(section(five, two))
    assert spread_note(section(sampled)) == "± is the standard deviation over the 4 sampling seeds of a run"
    assert f"{said}." in markdown([section(two)], [], []).splitlines()
    assert "rough estimate" in terminal([section(two)]).splitlines()[-1]


def test_the_interval_is_that_of_one_generator_and_stands_beside_the_spread() -> None:
    runs = [result(str(n), seed=n, intervals={"emd": (2.0 + n, 3.5 + n)}) for n in range(2)]
    both = row(*runs, label="with", values=("gan",))
    assert both.interval("emd") == (2.5, 4.0)
    assert both.interval("fid") is None
    lone = row(result("old"), runs[0], label="one without", values=("gan",))
    assert lone.interval("emd") is None
    text = markdown([section(both, lone)], [VARIANT], [])
    assert "| with | 3 ± 0 (2.5 to 4) | 4 ± 0 |" in text
    assert "| one without | 3 ± 0 | 4 ± 0 |" in text
    assert "is the sampling error of one generator" in interval_note(section(both, lone)) in text
    assert interval_note(section(lone)) == ""
    head, line, _ = csv.reader(io.StringIO(comma_separated([section(both, lone)], [VARIANT])))
    found = dict(zip(head, line, strict=True))
    assert (found["best/emd/low"], found["best/emd/high"]) == ("2.5", "4.0")


def test_what_would_end_a_cell_is_escaped() -> None:
    assert markdown_cell("a|b\n c") == "a\\|b c"


def test_seeds_and_states_are_counted() -> None:
    one = row(result())
    assert (seeds(one), state(one)) == ("1", "finished")
    mixed = row(result(), result("b"), result("c", status="failed"), result("d", sampling=(5, {})))
    assert (seeds(mixed), state(mixed)) == ("4 (5 sampling seeds)", "3 finished, 1 failed")
    assert seeds(row()) == "0"


def test_the_best_row_is_bold_and_what_is_alike_stands_below() -> None:
    rows = [
        row(result(measures=measured(best)), label=str(best), values=("gan", best, loss, 5))
        for best, loss in ((3.0, "Hinge"), (2.0, ""), (5.0, "Hinge"))
    ]
    whole = section(*rows, swept=[0, 1], folded=[2], alike=[3])
    others = [Column("model.loss._target_", True), Column("k", True), Column("of other protocols", False, ("x",))]
    lines = markdown([whole], [VARIANT, LR, *others], ["a: damaged", "b: empty"]).splitlines()
    assert lines[0] == "**ring, 100 samples**"
    assert lines[2] == "Protocol: dataset ring, samples 100."
    head = (
        "| run | emd best | emd last | variant | optimizer.lr | seeds | state | generator steps | images seen | seconds"
    )
    assert lines[4] == f"{head} | s / 1000 steps | machine |"
    assert lines[5].count("|") == lines[4].count("|")
    assert [line.split(" | ")[1] for line in lines[6:10]] == ["3", "**2**", "5", "1"]
    assert lines[9].startswith("| real (floor) | 1 | 1 |  |")
    assert "The same in all rows: k 5." in lines
    assert "`gan` comes with model.loss Hinge." in lines
    assert not any("of other protocols" in line for line in lines)
    assert "`optimizer.lr` also stands for `model.lr`." in lines
    assert "2 folders were skipped: a: damaged; b: empty." in lines


def test_a_label_that_states_the_only_setting_needs_no_column() -> None:
    rows = [row(result(measures=measured(best)), label=f"lr {best}", values=("gan", best)) for best in (3.0, 2.0)]
    assert "| run | emd best | emd last | seeds |" in markdown([section(*rows, swept=[1])], [VARIANT, LR], [])


def test_rows_that_read_the_same_have_no_best() -> None:
    rows = [row(result(measures=measured(best))) for best in (1e-31, 3e-32, 0.0)]
    assert "**0**" not in markdown([section(*rows)], [], [])


def test_a_lone_row_is_not_the_best_and_another_protocol_is_named() -> None:
    only = row(result(measures=measured(2.0)), values=("gan",))
    text = markdown([section(only, unlike="grid: samples 9", protocol={})], [VARIANT], [])
    assert "**2**" not in text
    assert "It differs from grid: samples 9." in text
    assert "Protocol: unknown." in text
    assert "skipped" not in text


def test_findings_have_a_column_where_a_run_has_any() -> None:
    """With the number of runs where it is not all of them."""
    both = ("images alike", "recall gone")
    ill = row(result("a", findings=both), result("b", seed=2, findings=both[:1]), values=("gan",))
    fine = row(result("c"), values=("wgan",))
    assert ill.findings == "images alike, recall gone (1 of 2)"
    head, rule, *lines = markdown([section(ill, fine)], [VARIANT], []).splitlines()[4:8]
    assert "| seeds | state | findings | generator steps |" in head
    assert {line.count(" | ") for line in (head, rule, *lines)} == {head.count(" | ")}
    assert "| finished | images alike, recall gone (1 of 2) | 1" in lines[0]
    assert f"{ill.findings[:23]}…" in terminal([section(ill, fine)])
    assert "findings" not in terminal([section(fine)]) + markdown([section(fine)], [VARIANT], [])
    named = csv.DictReader(comma_separated([section(ill, fine)], [VARIANT]).splitlines())
    assert [line["findings"] for line in named] == [ill.findings, ""]


def test_an_evaluation_has_one_generator() -> None:
    text = markdown([section(row(result(kind="evaluation"), values=("gan",)), kind="evaluation")], [VARIANT], [])
    assert "| run | emd | seeds | state | generator steps |" in text


def test_the_csv_has_every_value_in_full() -> None:
    both = row(
        result("a", measures=measured(1 / 3)),
        result("b", seed=2, measures=measured(1.0)),
        values=("gan", 0.1),
    )
    head, line = csv.reader(io.StringIO(comma_separated([section(both)], [VARIANT, LR])))
    found = dict(zip(head, line, strict=True))
    assert head[:7] == ["kind", "protocol", "variant", "optimizer.lr", "runs", "seeds", "state"]
    assert [found[name] for name in head[:7]] == ["training", "ring, 100 samples", "gan", "0.1", "2", "2", "finished"]
    assert float(found["best/emd"]) == pytest.approx(2 / 3, abs=1e-15)
    assert float(found["best/emd/spread"]) == pytest.approx(2**0.5 / 3, abs=1e-15)
    assert (found["last/emd"], found["last/emd/spread"]) == ("4.0", "0.0")
    assert (found["generator_steps"], found["seconds_per_1000_steps"]) == ("1000.0", "")
    assert found["floor/emd"] == "1.0"
    assert found["folders"] == "outputs/gan/a outputs/gan/b"


def test_the_terminal_has_the_best_rows_first_and_counts_the_rest() -> None:
    rows = [row(result(measures=measured(float(n))), label=f"row {n}") for n in range(60, 0, -1)]
    lines = terminal([section(*rows)]).splitlines()
    assert lines[1] == "ring, 100 samples"
    shown = [line.split()[1] for line in lines if line.startswith("row ")]
    assert shown == [str(number) for number in range(1, 41)]
    assert lines[-1] == "... and 20 more"
    assert lines[-2].startswith("real (floor)")
    assert "more" not in terminal([section(*rows[:40])])
    assert terminal([section(*rows[:3])], most=2).splitlines()[-1] == "... and 1 more"


def test_the_terminal_shows_up_to_three_measures_and_last_only_of_a_training() -> None:
    more = {name: float(number) for number, name in enumerate(("recall", "density", "coverage"), 5)}
    unmeasured = row(result(measures={"best": {}, "last": {}, "raw": {}, "floor": {}}), label="broken")
    rows = (unmeasured, row(result(measures=measured(2.0, last=3.0, **more)), label="good"))
    measures = ["emd", *more]
    _, _, head, *lines = terminal([section(*rows, measures=measures, headlines=4)]).splitlines()
    assert head.split() == ["emd", "best", "emd", "last", "recall", "density", "seconds", "seeds"]
    assert lines[0].split() == ["good", "2", "3", "5", "6", "30", "1"]
    assert lines[1].split() == ["broken", "-", "-", "-", "-", "30", "1"]
    _, _, head, line, _, floor = terminal(
        [section(*rows[::-1], kind="evaluation", measures=measures, headlines=2)]
    ).splitlines()
    assert head.split() == ["emd", "recall", "seconds", "seeds"]
    assert line.split() == ["good", "2", "5", "30", "1"]
    assert floor.split()[:3] == ["real", "(floor)", "1"]


def test_the_terminal_says_the_state_where_a_run_is_not_finished_and_shortens_labels() -> None:
    rows = (row(result(), label="x" * 48), row(result(status="failed"), label="y" * 49))
    _, _, head, first, second, _ = terminal([section(*rows)]).splitlines()
    assert head.split()[-1] == "state"
    assert first.split()[0] == "x" * 48
    assert second.split()[0] == "y" * 47 + "…"
    assert second.split()[-1] == "failed"
