"""What is said of rows follows from the seeds' values."""

from pathlib import Path

import pytest

from gan_lab.reference.answer_table import UNREST, YES_NO, MissingRowError, Table
from tests.reference.made import answered, record, seeds, table, three, write_curve


def test_a_row_is_lower_where_the_test_says_so() -> None:
    rows = [*three("a", 10), *three("b", 20), *seeds("c", 8, 10, 25)]
    t = Table.asked_by([lambda t: t.compared("a", "b") + t.compared("a", "c")], rows, Path())
    assert t.tested == 2
    assert t.lower("a", "b") is True
    assert t.lower("b", "a") is False, "the same verdict in the other direction"
    assert t.lower("a", "c") is None
    assert t.compared("a", "b").startswith("Yes: the FID of `a` is 0.4")
    assert t.compared("b", "a").startswith("No: the FID of `b` is 1.9")
    assert t.compared("a", "c").startswith("Inconclusive: the FID of `a` is 0.")
    assert t.change("a", "b").startswith("FID improves: the FID of `a` is 0.4")
    assert t.change("a", "c").startswith("the change of FID is inconclusive, the FID of `a` is 0.")
    with pytest.raises(MissingRowError):
        t.lower("a", "d")


def test_one_seed_cannot_tell() -> None:
    rows = [record("a", 10), record("c", 9), *three("b", 20)]
    assert answered(lambda t: t.compared("a", "b"), *rows) == "Inconclusive: one seed of `a` cannot tell"
    assert answered(lambda t: t.compared("a", "c"), *rows) == "Inconclusive: one seed each cannot tell"


def test_rows_that_differ_in_more_than_one_setting_have_no_verdict() -> None:
    rows = [*three("a", 10), *three("b", 20)]
    for row in rows[:3]:
        row["config"] = {"what": "a", "model.prior.dim": 10}
    said = answered(lambda t: t.compared("a", "b"), *rows)
    assert said.startswith("Undecided: they differ in `what` and `model.prior.dim`, and the FID of `a` is 0.4")


def test_every_comparison_of_the_page_makes_each_verdict_harder() -> None:
    """The difference is significant alone, and among many it is not: each of them is counted once."""
    rows = [*seeds("a", 10, 11, 12), *seeds("b", 13, 14.5, 16), *(r for n in range(20) for r in three(f"r{n}", 50))]
    compare = lambda row, other: lambda t: t.compared(row, other)
    alone = Table.asked_by([compare("a", "b"), compare("b", "a"), compare("a", "missing")], rows, Path())
    assert (alone.tested, alone.lower("a", "b")) == (1, True)
    many = Table.asked_by([compare("a", "b"), *(compare(f"r{n}", "r0") for n in range(1, 20))], rows, Path())
    assert many.tested == 20
    assert many.compared("a", "b").endswith("times that of `b`, which may be chance among 20 verdicts")


def test_an_answer_that_is_left_out_makes_no_verdict_harder() -> None:
    rows = [*three("a", 10), *three("b", 20)]
    t = Table.asked_by([lambda t: t.compared("a", "b") + t.compared("a", "missing")], rows, Path())
    assert t.tested == 0


@pytest.mark.parametrize("precision", [0.4, 0.6])
@pytest.mark.parametrize("recall", [0.2, 0.3])
def test_a_verdict_says_where_precision_and_recall_disagree_with_it(precision: float, recall: float) -> None:
    rows = [*seeds("a", 10, 11, 12, precision_k3=precision, recall_k3=recall), *three("b", 20)]
    disagree = precision < 0.5 and recall < 0.25
    said = [
        answered(answer, *rows)
        for answer in (
            *(lambda t: t.compared("a", "b"), lambda t: t.compared("b", "a")),
            *(lambda t: t.change("b", "a"), lambda t: t.change("a", "b")),
        )
    ]
    assert ("but precision and recall are both lower" in said[0]) == disagree
    assert ("but precision and recall are both higher" in said[1]) == disagree
    assert (said[2].startswith("FID gets worse: ") and "but precision and recall improve" in said[2]) == disagree
    assert (said[3].startswith("FID improves: ") and "but precision and recall get worse" in said[3]) == disagree


def test_a_table_that_was_not_asked_before_knows_no_verdict() -> None:
    assert table(*three("a", 10), *three("b", 20)).lower("a", "b") is None


def test_seeds_of_curves_are_compared_by_how_much_the_loss_varies(tmp_path: Path) -> None:
    """2 % in one row and 4 % in the other, and a little more in each further seed."""
    for row, deviation in (("a", 0.1), ("b", 0.2)):
        for seed in (1, 2, 3):
            within = [9.0] * 20 + [deviation + seed / 1000] * 20
            write_curve(tmp_path, row, seed=seed, critic__loss=[-5.0] * 40, critic__loss_std=within)
    t = Table.asked_by([lambda t: t.said_of("a", "b", YES_NO, UNREST)], [*three("a", 10), *three("b", 10)], tmp_path)
    assert t.values("b", UNREST) == pytest.approx([4.02, 4.04, 4.06])
    said = t.said_of("a", "b", YES_NO, UNREST)
    assert said.startswith("Yes: the variation of the critic's loss of `a` is 0.49")
