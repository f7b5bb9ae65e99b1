"""What is said of the documents' claims follows from the records, also where it comes out otherwise."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.reference.answers import (
    ASKED,
    FURTHER,
    answers,
    clipping,
    components,
    dropout,
    equal_steps,
    estimate,
    labels,
    mixtures,
    order,
    sigma,
    stability,
    unstable,
)
from gan_lab.reference.row_records import Record
from gan_lab.reference.rows import REPORTED
from gan_lab.reference.sampler_answers import consistent, sampler_kinds, samplers
from gan_lab.reference.view import MissingRowError, Table


def record(row: str, fid: float, seed: int = 1, **more: float) -> Record:
    classes = {"class_least_share": 0.05, "class_separation": 0.75, "class_diversity": 1.0}
    test = {"fid": fid, "precision_k3": 0.5, "recall_k3": 0.25} | classes | more
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
    assert t.compared("a", "b") == "Yes (2 and 2 seeds)"
    assert t.compared("a", "c") == "The seeds do not tell (2 and 2 seeds)"
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
    assert ("say the opposite" in t.compared("a", "b")) == (precision < 0.5 and recall < 0.25)
    assert ("say the opposite" in t.compared("b", "a")) == (precision < 0.5 and recall < 0.25)


def test_every_alternative_has_its_verdict() -> None:
    t = table(record("gmgan_dynamic", 14), record("gmgan_k20", 12), record("gmgan_k50", 30))
    assert "help?** K = 20: Yes (1 and 1 seeds); K = 50: No (1 and 1 seeds)" in components(t)
    t = table(record("gan_n1", 14), record("gan_dropout_0.3", 12), record("gan_dropout_0.5", 30))
    assert "none against 0.3: No (1 and 1 seeds); none against 0.5: Yes (1 and 1 seeds)" in dropout(t)


def test_clipping_is_so_many_times_worse() -> None:
    t = table(record("wgan_20_epochs", 300), record("wgan_20_epochs", 200, 2), record("wgan_gp_20_epochs", 100))
    assert (
        "?** Yes (1 and 2 seeds). After 20 epochs clipping has **250.0** ± 70.7 (0.50 / 0.25), 2.5 times" in clipping(t)
    )


def test_the_best_deviation_is_said_to_be_the_largest_tried_where_it_is() -> None:
    fids = {0.5: 5.0, 0.7: 4.0, 1.0: 3.0, 1.4: 2.0, 2.0: 1.0}
    assert "1.0)?** 2.0 of those tried, the largest:" in sigma(
        table(*(record(f"gmgan_wgan_gp_std_{std}", fid) for std, fid in fids.items()))
    )
    fids[2.0] = 10.0
    assert "1.0)?** 1.4 of those tried:" in sigma(
        table(*(record(f"gmgan_wgan_gp_std_{std}", fid) for std, fid in fids.items()))
    )


def test_the_order_is_that_of_the_reported_figures() -> None:
    theirs = ["gmgan_dynamic", "gan_d200", "wgan_gp_100_epochs", "wgan_50_epochs"]
    theirs += ["gmgan_wgan_gp_std_1.0", "gmgan_static"]
    assert {*theirs} == REPORTED.keys()
    said = order(table(record("gan", 1), *(record(row, 10 + place) for place, row in enumerate(theirs))))
    assert "?** Yes." in said
    assert f"theirs: {' < '.join(f'`{row}`' for row in theirs)}" in said
    assert "?** No." in order(table(record("gan", 1), *(record(row, 10 - place) for place, row in enumerate(theirs))))


@pytest.mark.parametrize(("without", "verdict"), [(15.0, "No"), (50.0, "Yes")])
def test_labels_explain_a_mixture_that_is_no_better_without_them(without: float, verdict: str) -> None:
    t = table(record("gan_dropout_0.3", 45), record("gmgan_dynamic", 10), record("gmgan_dynamic_unlabelled", without))
    said = labels(t)
    assert f"explain it?** FID: {verdict} (1 and 1 seeds)" in said
    assert ("86 % of the gain" in said) == (without == 15.0)


def test_mixtures_are_three_comparisons() -> None:
    rows = {"gmgan_dynamic": 14.0, "gmgan_static": 54.0, "gan_dropout_0.3": 47.0, "gan_d200": 167.0}
    said = mixtures(table(*(record(row, fid) for row, fid in rows.items())))
    assert [part.split(" ")[0] for part in said.split("?** ")[1:]] == ["Yes", "Yes", "No"]


def test_generators_are_compared_after_equal_steps(tmp_path: Path) -> None:
    losses = {"critic__loss": [-2.0] * 40}
    often = [1000 - i if i % 4 == 3 else "" for i in range(40)]
    write_curve(tmp_path, "gan_n1", fid=often, **losses, critic__loss_std=[9.0] * 20 + [0.5] * 20)
    write_curve(tmp_path, "gan_n2", fid=[""] * 40, **losses, critic__loss_std=[9.0] * 20 + [1.0] * 20)
    rare = [900 if i == 12 else "" for i in range(40)]
    write_curve(tmp_path, "gan_n3", fid=rare, **losses, critic__loss_std=[9.0] * 20 + [2.0] * 20)
    t = table(record("gan_n1", 10), record("gan_n2", 20), record("gan_n3", 30), reference=tmp_path)
    assert "n = 1 has 989 after 1,200, n = 3 900 after 1,300" in equal_steps(t)
    assert "deviates by 25, 50, 100 % of its mean" in stability(t)


def wasserstein(reference: Path, row: str, estimates: list[float]) -> None:
    within = [99.0] * 2 + [5.0] * 6 + [7.0] + [0.5] * 31
    losses = [-2.0] * 8 + [-3.0] + [-2.0] * 31
    write_curve(reference, row, critic__loss=losses, critic__loss_std=within, critic__wasserstein_estimate=estimates)


def test_unrest_is_usual_and_largest_but_for_the_start(tmp_path: Path) -> None:
    for row in ("wgan_20_epochs", "wgan_gp_20_epochs"):
        wasserstein(tmp_path, row, [1.0] * 40)
    said = unstable(table(record("wgan_20_epochs", 1), record("wgan_gp_20_epochs", 1), reference=tmp_path))
    assert said.count("by 25.0 % of its mean in the second half") == 2
    assert "most about epoch 4, by 7.00 about a mean of -3.00; with the penalty" in said, "9 of 40 parts of 20 epochs"


@pytest.mark.parametrize(
    ("estimates", "verdict"),
    [
        ([10.0] * 30 + [0.2] * 10, "falls to zero: 0.20"),
        ([10.0] * 32 + [6.0] * 4 + [5.0] * 4, "does not reach zero and still falls: 5.00"),
        ([10.0] * 32 + [5.0] * 8, "does not reach zero and no longer falls: 5.00"),
    ],
)
def test_the_estimate_is_judged_by_its_end(tmp_path: Path, estimates: list[float], verdict: str) -> None:
    wasserstein(tmp_path, "wgan_20_epochs", estimates)
    wasserstein(tmp_path, "wgan_gp_20_epochs", [20.0] * 36 + [3.0] * 4)
    rows = [record("wgan_20_epochs", 1), record("wgan_gp_20_epochs", 1)]
    said = estimate(table(*rows, reference=tmp_path))
    assert f"With clipping it {verdict} over the last tenth after a peak of 10.00 (`wgan_20_epochs`)" in said
    assert "With the penalty it does not reach zero and still falls: 3.00" in said
    wasserstein(tmp_path, "wgan_50_epochs", [30.0] * 40)
    said = estimate(table(*rows, record("wgan_50_epochs", 1), reference=tmp_path))
    assert "30.00 over the last tenth after a peak of 30.00 (`wgan_50_epochs`)" in said, "the longest run there is"


def sampled(sampler: str, fid: float, n: int = 2000, seeds: int = 3, **spread: float) -> dict[str, Any]:
    deviations = {"fid": 2.0, "precision_k3": 0.01, "recall_k3": 0.02} | spread
    measures = {"fid": fid, "precision_k3": 0.5, "recall_k3": 0.25}
    return {"sampler": sampler, "n": n, "seeds": [*range(seeds)], "measures": measures, "spread": deviations}


def test_samplers_help_where_they_gain_more_than_the_noise(tmp_path: Path) -> None:
    rows = [
        *(sampled("direct", 30.0), sampled("sir", 27.5), sampled("dot", 28.5), sampled("batch_inception_score", 31.0)),
        *(sampled("ddls", 35.0), sampled("ddls sampler.eps=0.05", 33.0), sampled("drs", 1.0, n=10_000)),
    ]
    points = {"sampler": "direct", "n": 2000, "seeds": [1], "measures": {"high_quality": 1.0}}
    (tmp_path / "samplers").mkdir()
    file = tmp_path / "samplers" / "samplers.json"
    file.write_text(json.dumps({"gan": {"rows": rows}, "grid": {"rows": [points]}}))
    t = table(reference=tmp_path)
    assert "with: `gan`, 30.0 ± 2.0 without: 1 of 5 settings, most `sir`, to **27.5** (0.50 / 0.25)." in samplers(t)
    assert sampler_kinds(t).endswith("`gan` 30.0, 33.0, 31.0.")


def test_precision_and_recall_are_repeated_and_measured_otherwise(tmp_path: Path) -> None:
    by_seed = [sampled("direct", 30.0, n=n) for n in (2000, 10_000)]
    other = [sampled("direct", 20.0, n=2000, recall_k3=0.04), sampled("direct", 20.0, n=10_000, seeds=1, recall_k3=9.0)]
    results = [
        {"extractor": extractor, "n": n, "samples": samples}
        | {f"precision_k{k}": at + k / 100 for k in (1, 3, 10)}
        | {f"recall_k{k}": at / 2 + k / 100 for k in (1, 3, 10)}
        for extractor, n, samples, at in (
            *(("mnistcnn-v1", 10_000, "generated", 0.4), ("mnistcnn-v1", 10_000, "real", 0.9)),
            *(("mnistcnn-v1", 1_000, "generated", 0.5), ("pixels", 10_000, "generated", 0.6)),
            ("random-v1", 10_000, "generated", 0.7),
        )
    ]
    for name, found in (
        ("samplers", {"gan": {"rows": by_seed}, "wgan_gp": {"rows": other}}),
        ("sensitivity", {"results": results}),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.json").write_text(json.dumps(found))
    said = consistent(table(reference=tmp_path))
    assert "deviates by 0.010 / 0.020 with 10,000 samples, by 0.010 / 0.030 with 2,000" in said
    assert "has 0.41 / 0.21 at k = 1, 0.43 / 0.23 at k = 3, 0.50 / 0.30 at k = 10 with 10,000" in said
    assert "0.53 / 0.28 at k = 3 with 1,000" in said
    assert "0.63 / 0.33 by pixels and 0.73 / 0.38 by an untrained network" in said


def test_what_is_not_there_is_left_out_and_what_is_broken_is_not(tmp_path: Path) -> None:
    reference = Path(__file__).parent.parent.parent / "outputs" / "reference"
    rows = [record("gan", 10), record("gan_n1", 20)]
    assert answers((*ASKED, *FURTHER), rows, reference).count("\n- ") == 4  # batch norm, and three that need no rows
    del rows[0]["measures"]["test"]["recall_k3"]
    with pytest.raises(KeyError):
        answers(ASKED, rows, reference)
