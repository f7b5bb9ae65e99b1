"""A comparison tells which of two rows that differ in one setting has the lower values."""

from dataclasses import replace

from gan_lab.compare.section_verdicts import MOST_ROWS, MOST_VERDICTS, verdicts_of
from gan_lab.compare.sections import Row
from gan_lab.compare.tables import markdown, terminal
from tests.compare.results import result, row, section


def varied(label: str, level: float, count: int = 3, **settings: object) -> Row:
    """A row whose EMD varies by some percent over seeds."""
    runs = [
        result(
            f"{label}{seed}",
            seed=seed,
            settings={"variant": "gan", **settings},
            measures={
                "best": {"emd": level * (1 + 0.03 * seed)},
                "last": {"emd": 4.0},
                "raw": {},
                "floor": {"emd": 1.0},
            },
        )
        for seed in range(count)
    ]
    return row(*runs, label=label)


def test_rows_that_differ_in_one_setting_are_compared() -> None:
    rows = [varied("lr 3", 9.0, lr=3, d=1), varied("lr 1", 3.0, lr=1, d=1), varied("lr 1 · d 2", 3.0, lr=1, d=2)]
    head, *told = verdicts_of(section(*rows))
    assert head == (
        "Verdicts on pairs that differ in one setting, by Welch's t-test on the logarithm over seeds (level 5 %, "
        "Holm's correction over all 2 tests):"
    )
    assert told[0].startswith("Is emd of `lr 1` lower than of `lr 1 · d 2`? Inconclusive: the emd of `lr 1` is 0.9")
    assert told[1:] == ["Is emd of `lr 1` lower than of `lr 3`? Yes."], "lr 3 and d 2 differ in two settings"


def test_a_comparison_without_a_verdict_says_why() -> None:
    alone = [varied("a", 3.0, 1, lr=1), varied("b", 9.0, 1, lr=2)]
    assert verdicts_of(section(*alone)) == [
        "No verdict on emd: one seed each cannot tell. Train each row with seed=1,2,3 or more."
    ]
    apart = [varied("a", 3.0, lr=1, d=1), varied("b", 9.0, lr=2, d=2)]
    assert verdicts_of(section(*apart)) == [
        "No verdict on emd: no two rows with several seeds differ in one setting alone."
    ]
    many = [varied(str(n), 3.0, 2, lr=n) for n in range(MOST_ROWS + 1)]
    assert verdicts_of(section(*many)) == [f"No verdict on emd: more than {MOST_ROWS} rows are not compared in pairs."]
    assert verdicts_of(section(varied("a", 3.0))) == []
    assert verdicts_of(section(*alone, monitor="recall_k3", measures=["recall_k3"])) == []


def test_seeds_that_failed_are_not_forgotten() -> None:
    good, other = varied("lr 3", 3.0, lr=3), varied("lr 1", 9.0, lr=1)
    lost = replace(good.results[0], seed=7, status="failed")
    again = replace(lost, seed=good.results[0].seed)
    retried = Row("lr 3", [], [*good.results, again], good.counted)
    assert verdicts_of(section(retried, other))[1:] == ["Is emd of `lr 3` lower than of `lr 1`? Yes."]
    lucky = Row("lr 3", [], [*good.results, lost], good.counted)
    assert verdicts_of(section(lucky, other))[1:] == [
        "Is emd of `lr 3` lower than of `lr 1`? Undecided: 1 of 4 seeds of `lr 3` failed, and its values are of the "
        "others."
    ]


def test_runs_that_go_on_are_no_result() -> None:
    running = row(*(replace(r, status="running") for r in varied("lr 3", 3.0, lr=3).results), label="lr 3")
    (told,) = verdicts_of(section(running, varied("lr 1", 9.0, lr=1)))[1:]
    assert told.endswith("Undecided: no run of `lr 3` has finished.")


def test_many_verdicts_are_counted_and_not_told() -> None:
    rows = [varied(str(n), 3.0 + n, lr=n) for n in range(8)]
    head, *told = verdicts_of(section(*rows))
    assert "over all 28 tests" in head
    assert (len(told), told[-1]) == (MOST_VERDICTS + 1, "... and 8 verdicts more.")


def test_verdicts_stand_below_the_table_and_no_label_leaves_its_line() -> None:
    rows = [varied("a`\n# b <i>", 3.0, lr=1), varied("c", 9.0, lr=2)]
    text = markdown([section(*rows)], [], [])
    assert "\n- Is emd of `a' # b &lt;i>` lower than of `c`? Yes.\n" in text
    assert "`c`? Yes." in terminal([section(*rows)])
    assert "verdict" not in terminal([section(*(varied(name, 3.0, 1, lr=name) for name in "ab"))])
