"""What is said of rows follows from the seeds' values."""

import pytest

from gan_lab.reference.answer_table import MissingRowError
from tests.reference.made import record, table


def test_a_row_is_lower_where_all_of_its_seeds_are() -> None:
    t = table(
        record("a", 10), record("a", 20, 2), record("b", 21), record("b", 30, 2), record("c", 15), record("c", 40, 2)
    )
    assert t.lower("a", "b") is True
    assert t.lower("b", "a") is False
    assert t.lower("a", "c") is None
    assert t.compared("a", "b") == "Yes (2 and 2 seeds)"
    assert t.compared("a", "c") == "Inconclusive: the seeds overlap (2 and 2 seeds)"
    with pytest.raises(MissingRowError):
        t.lower("a", "d")


def test_a_verdict_says_how_few_seeds_it_has() -> None:
    t = table(record("a", 10), *(record("b", 20, seed) for seed in (1, 2, 3)), *(record("c", 9, s) for s in (1, 2, 3)))
    assert t.compared("a", "b") == "Yes (1 and 3 seeds)"
    assert t.compared("b", "a") == "No (3 and 1 seeds)"
    assert t.compared("c", "b") == "Yes"


@pytest.mark.parametrize("precision", [0.4, 0.6])
@pytest.mark.parametrize("recall", [0.2, 0.3])
def test_a_verdict_says_where_precision_and_recall_disagree_with_it(precision: float, recall: float) -> None:
    better = record("a", 10, precision_k3=precision, recall_k3=recall)
    t = table(better, record("b", 20))
    disagree = precision < 0.5 and recall < 0.25
    assert ("but precision and recall are both lower" in t.compared("a", "b")) == disagree
    assert ("but precision and recall are both higher" in t.compared("b", "a")) == disagree
    assert ("FID gets worse (1 and 1 seeds), but precision and recall improve" in t.change("b", "a")) == disagree
    assert ("FID improves (1 and 1 seeds), but precision and recall get worse" in t.change("a", "b")) == disagree
