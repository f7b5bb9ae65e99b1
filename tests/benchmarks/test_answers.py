"""What is said of the documents' claims follows from the records, also where it comes out otherwise."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.table_answers import (
    MissingRowError,
    Table,
    answers,
    components,
    labels,
    mixtures,
    n_critic,
    unstable,
)
from tests.benchmarks.table_records import Record


def record(row: str, fid: float, seed: int = 1, **more: float) -> Record:
    test = {"fid": fid, "precision_k3": 0.5, "recall_k3": 0.25, "class_least_share": 0.05} | more
    return {"row": row, "seed": seed, "measures": {"test": test}}


def table(*records: Record, reference: Path = Path()) -> Table:
    return Table(records, reference)


def write_curve(reference: Path, row: str, **columns: list[Any]) -> None:
    (reference / "table").mkdir(exist_ok=True)
    with (reference / "table" / f"{row}-seed1.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["generator_steps", *(name.replace("__", "/") for name in columns)])
        writer.writerows(zip(range(100, 4001, 100), *columns.values(), strict=True))


def test_a_row_is_lower_where_all_of_its_seeds_are() -> None:
    t = table(
        record("a", 10), record("a", 20, 2), record("b", 21), record("b", 30, 2), record("c", 15), record("c", 40, 2)
    )
    assert t.lower("a", "b") is True
    assert t.lower("b", "a") is False
    assert t.lower("a", "c") is None
    assert t.compared("a", "b") == "Yes"
    assert t.compared("a", "c") == "The seeds do not tell"
    with pytest.raises(MissingRowError):
        t.lower("a", "d")


def test_a_verdict_of_one_seed_says_so() -> None:
    t = table(record("a", 10), record("b", 20), record("b", 21, 2))
    assert t.compared("a", "b") == "Yes, in the one seed there is"
    assert t.compared("b", "a") == "No, in the one seed there is"


def test_the_best_of_the_alternatives_counts() -> None:
    t = table(record("gmgan_dynamic", 14), record("gmgan_k20", 12), record("gmgan_k50", 30))
    assert "help?** Yes" in components(t)


@pytest.mark.parametrize(("without", "verdict"), [(15.0, "No"), (50.0, "Yes")])
def test_labels_explain_a_mixture_that_is_no_better_without_them(without: float, verdict: str) -> None:
    t = table(record("gan_dropout_0.3", 45), record("gmgan_dynamic", 10), record("gmgan_dynamic_unlabelled", without))
    said = labels(t)
    assert f"explain it?** {verdict}, in the one seed" in said
    assert ("86 % of the gain" in said) == (without == 15.0)


def test_mixtures_are_three_comparisons() -> None:
    rows = {"gmgan_dynamic": 14.0, "gmgan_static": 54.0, "gan_dropout_0.3": 47.0, "gan_d200": 167.0}
    said = mixtures(table(*(record(row, fid) for row, fid in rows.items())))
    assert [part.split(",")[0] for part in said.split("?** ")[1:]] == ["Yes", "Yes", "No"]


def test_generators_are_compared_after_equal_steps(tmp_path: Path) -> None:
    write_curve(tmp_path, "gan_n1", fid=[1000 - i if i % 4 == 3 else "" for i in range(40)])
    write_curve(tmp_path, "gan_n3", fid=[900 if i == 12 else "" for i in range(40)])
    t = table(record("gan_n1", 10), record("gan_n2", 20), record("gan_n3", 30), reference=tmp_path)
    assert "n = 1 has 989 after 1,200, n = 3 900 after 1,300" in n_critic(t)


@pytest.mark.parametrize(("end", "verdict"), [(0.2, "tends to zero"), (5.0, "does not tend to zero")])
def test_the_estimate_is_judged_by_its_end(tmp_path: Path, end: float, verdict: str) -> None:
    for row in ("wgan_20_epochs", "wgan_gp_20_epochs"):
        columns = {"critic__loss": [-2.0] * 40, "critic__loss_std": [5.0] * 20 + [0.5] * 20}
        write_curve(tmp_path, row, **columns, critic__wasserstein_estimate=[10.0] * 30 + [end] * 10)
    said = unstable(table(record("wgan_20_epochs", 1), record("wgan_gp_20_epochs", 1), reference=tmp_path))
    assert verdict in said
    assert said.count("by 25.0 %") == 2
    assert said.count(f"at {end:.2f} after a peak of 10.00 with") == 2
    assert f"ends at {end:.2f} after a peak of 10.00 with clipping (`wgan_20_epochs`)" in said
    write_curve(tmp_path, "wgan_50_epochs", **columns, critic__wasserstein_estimate=[20.0] * 36 + [3.0] * 4)
    rows = ("wgan_20_epochs", "wgan_gp_20_epochs", "wgan_50_epochs")
    assert "at 3.00 after a peak of 20.00 with" in unstable(table(*(record(r, 1) for r in rows), reference=tmp_path))


def test_what_is_not_there_is_left_out_and_what_is_broken_is_not(tmp_path: Path) -> None:
    reference = Path(__file__).parent.parent.parent / "outputs" / "reference"
    rows = [record("gan", 10), record("gan_n1", 20)]
    assert len(answers(rows, reference).splitlines()) == 3  # batch norm, and two that need no rows
    del rows[0]["measures"]["test"]["recall_k3"]
    with pytest.raises(KeyError):
        answers(rows, reference)
