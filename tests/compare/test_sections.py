"""Means over seeds, and numbers of different protocols kept apart."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_lab.compare.columns import Column, columns_of
from gan_lab.compare.find import find
from gan_lab.compare.sections import (
    Section,
    Statistic,
    brief,
    counted,
    differing_keys,
    identity,
    labels_of,
    nearest,
    over,
    rows_of,
    said,
    section,
    sections_of,
    titles_of,
    told_once,
)
from tests.compare.results import result, row
from tests.compare.runs import FLOOR, PROTOCOL, changed, seeded, three_data_sets, write_run


def sections(folder: Path) -> list[Section]:
    results = find([folder]).results
    return sections_of(results, columns_of(results))


def test_mean_and_spread_are_those_of_numpy(tmp_path: Path, config: dict[str, Any]) -> None:
    for n_critic in (1, 2):
        runs = [
            write_run(
                tmp_path / f"{n_critic}_{seed}",
                changed(seeded(config, seed), model__n_critic=n_critic),
                quality=20 + seed * n_critic,
            )
            for seed in (1, 2, 3)
        ]
    (section,) = sections(tmp_path)
    assert [row.values for row in section.rows] == [["gan", 1], ["gan", 2]]
    assert [row.label for row in section.rows] == ["n_critic 1", "n_critic 2"]
    for which in ("best", "last"):
        for measure in ("fid", "recall_k3"):
            found = section.rows[1].statistic(which, measure)
            values = [run["measures"][which][measure] for run in runs]
            assert found is not None
            assert (found.mean, found.spread, found.n) == pytest.approx((np.mean(values), np.std(values, ddof=1), 3))
    assert section.floor == pytest.approx(FLOOR)
    seconds = section.rows[0].cost("seconds_per_1000_steps")
    assert seconds is not None
    assert seconds.mean == pytest.approx(30)


def test_records_from_before_the_entry_are_compared_with_those_that_have_it(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    """`extractor_made_for` is younger than published records: it must not set them apart."""
    new = PROTOCOL | {"extractor_made_for": "handwritten digits"}
    write_run(tmp_path / "old", changed(config, dataset="digits"))
    write_run(tmp_path / "new", seeded(changed(config, dataset="digits"), 2), protocol=new)
    (section,) = sections(tmp_path)
    assert len(section.rows[0].results) == 2
    write_run(tmp_path / "clothes", seeded(changed(config, dataset="fashion_mnist"), 3))
    assert {part.protocol["extractor_made_for"] for part in sections(tmp_path)} == {
        "handwritten digits",
        "handwritten digits, not these images",
    }


def test_only_finished_runs_and_each_seed_once_are_counted(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "a", config, quality=20)
    write_run(tmp_path / "again", config, quality=20)
    write_run(tmp_path / "other", seeded(config, 2), quality=30)
    write_run(tmp_path / "failed", seeded(config, 3), quality=90, status="failed", reason="NaN")
    (row,) = sections(tmp_path)[0].rows
    assert len(row.results) == 4
    assert sorted(result.folder.name for result in row.counted) == ["a", "other"]
    assert row.states == {"finished": 3, "failed": 1}


def test_an_unfinished_run_has_what_its_table_has(tmp_path: Path, config: dict[str, Any]) -> None:
    run = write_run(tmp_path / "a", config)
    best, last = run["measures"]["best"]["fid"], run["measures"]["last"]["fid"]
    write_run(tmp_path / "b", config | {"seed": 1}, status="running", measures={"latest": {}}, length=4000)
    (tmp_path / "a" / "summary.json").unlink()
    unknown, running = sorted(find([tmp_path]).results, key=lambda result: result.folder.name)
    assert unknown.status == "unknown"
    assert unknown.reason == "summary.json is missing"
    assert unknown.measures["best"]["fid"] == pytest.approx(best)
    assert unknown.measures["last"]["fid"] == pytest.approx(last)
    assert running.measures["best"]["fid"] > 0
    assert running.reason.startswith("at generator step 2,000 of 4,000")


def test_other_protocols_are_other_sections(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "a", config, quality=20)
    write_run(tmp_path / "b", seeded(config, 2), quality=20)
    write_run(tmp_path / "c", seeded(config, 3), quality=20, protocol=PROTOCOL | {"k": 5})
    write_run(tmp_path / "d", seeded(config, 4), quality=20, protocol=PROTOCOL | {"extractor_sha256": "ab" * 32})
    write_run(tmp_path / "e", seeded(config, 5) | {"dataset": "kmnist"}, quality=20)
    found = sections(tmp_path)
    assert [[len(row.results) for row in section.rows] for section in found] == [[2], [1], [1], [1]]
    assert len({section.title for section in found}) == 4
    assert "k 5" in found[1].unlike
    assert "extractor_sha256 abababab" in found[2].title


def test_what_differs_is_decided_within_a_protocol(
    tmp_path: Path, several: dict[tuple[str, str], dict[str, Any]]
) -> None:
    """Three data sets bring three configurations: in no table is a column the same in all rows."""
    results = find(three_data_sets(tmp_path, several)).results
    columns = columns_of(results)
    found = sections_of(results, columns)
    assert [one.protocol["dataset"] for one in found] == ["digits", "ring", "fashion_mnist"]
    for one in found:
        assert [columns[index].key for index in one.swept] == ["variant"]
        assert "model.n_critic" in [columns[index].key for index in one.folded]
        for index in (*one.swept, *one.folded):
            assert len({str(each.values[index]) for each in one.rows}) > 1, columns[index].key
        assert one.unlike == ""
        assert {each.label for each in one.rows} == {variant for _, variant in several}
    assert [[columns[index].key for index in one.alike] for one in found] == [[], ["metric.emd_points"], []]


def test_what_was_swept_in_one_protocol_is_folded_in_another(
    tmp_path: Path, several: dict[tuple[str, str], dict[str, Any]]
) -> None:
    """The learning rate was chosen for the ring; on the digits it comes with the variant."""
    variants, rates = ("gan", "wgan_gp"), (1e-4, 2e-4)
    three_data_sets(tmp_path / "digits", {("digits", name): several["digits", name] for name in variants})
    for rate in rates:
        chosen = {
            ("ring", name): changed(several["ring", name], optimizer__lr=rate, overrides=[f"optimizer.lr={rate}"])
            for name in variants
        }
        three_data_sets(tmp_path / str(rate), chosen)
    results = find([tmp_path]).results
    columns = columns_of(results)
    ring, digits = sections_of(results, columns)
    assert [columns[index].key for index in ring.swept] == ["variant", "optimizer.lr"]
    assert [columns[index].key for index in digits.swept] == ["variant"]
    assert "optimizer.lr" in [columns[index].key for index in digits.folded]


def test_evaluations_are_sections_of_their_own(tmp_path: Path, config: dict[str, Any]) -> None:
    for name, n_critic in (("a", 1), ("b", 2)):
        write_run(tmp_path / name, changed(config, model__n_critic=n_critic))
        evaluate(tmp_path / name / "evaluation", fid=20.0 + n_critic, protocol=PROTOCOL | {"split": "test"})
    evaluate(tmp_path / "elsewhere", fid=9.0, protocol=PROTOCOL | {"split": "test"}, sampler="truncated", t=2.0)
    training, test = sections(tmp_path)
    assert (training.kind, test.kind) == ("training", "evaluation")
    assert "split test" in test.unlike
    assert [row.label for row in test.rows][1:] == [
        "n_critic 1 · sampling.sampler direct",
        "n_critic 2 · sampling.sampler direct",
    ]
    found = test.rows[1].statistic("best", "fid")
    assert found is not None
    assert (found.mean, found.spread) == (21.0, 0.5)
    assert test.floor == {"fid": 1.0}


def evaluate(folder: Path, fid: float, protocol: dict[str, Any], **subject: Any) -> None:
    """evaluation.json of three sampling seeds."""
    import json

    folder.mkdir()
    subject = {
        "checkpoint": "outputs/x",
        "variant": "gan",
        "dataset": "mnist",
        "training_seed": 1,
        "sampler": "direct",
        "seeds": [1, 2, 3],
    } | subject
    measures = {"generated": {"fid": fid}, "spread": {"fid": 0.5}, "floor": {"fid": 1.0}}
    (folder / "evaluation.json").write_text(
        json.dumps({"subject": subject, "measures": measures, "protocol": protocol})
    )


def test_statistics_of_none_one_and_several() -> None:
    assert over([]) is None
    assert over([3.0]) == Statistic(3.0, None, 1)
    assert over([1.0, 3.0]) == Statistic(2.0, 2**0.5, 2)
    evaluation = row(result(sampling=(3, {"emd": 0.25})))
    assert evaluation.statistic("best", "emd") == Statistic(3.0, 0.25, 1)
    assert evaluation.statistic("last", "fid") is None
    assert evaluation.cost("seconds") == Statistic(30.0, None, 1)
    assert evaluation.cost("nothing") is None
    machines = row(*(result(str(n), machine=name) for n, name in enumerate(("cpu", "H100", "cpu", ""))))
    assert machines.machines == "cpu, H100"


def test_training_comes_before_evaluations_known_protocols_before_unknown_and_many_before_few() -> None:
    groups = [("evaluation", {"a": 1}, 3), ("training", {}, 4), ("training", {"a": 1}, 1), ("training", {"a": 2}, 2)]
    results = [
        result(f"{kind}{protocol}{n}", kind=kind, protocol=protocol)
        for kind, protocol, many in groups
        for n in range(many)
    ]
    found = sections_of(results, [])
    assert [(one.kind, one.protocol, sum(len(each.results) for each in one.rows)) for one in found] == [
        *(("training", {"a": 2}, 2), ("training", {"a": 1}, 1), ("training", {}, 4), ("evaluation", {"a": 1}, 3)),
    ]


def test_a_title_says_the_usual_and_what_sets_it_apart() -> None:
    base = {"dataset": "ring", "split": "test", "samples": 9, "k": 3}
    parts = [
        [result(protocol=base)],
        [result(protocol=base | {"k": 5})],
        [result(protocol=base | {"dataset": "grid"}, kind="evaluation")],
        [result(protocol={})],
    ]
    assert titles_of(parts) == [
        *("ring, test split, 9 samples, k 3", "ring, test split, 9 samples, k 5"),
        *("evaluation: grid, test split, 9 samples", "unknown protocol"),
    ]


def test_what_is_apart_and_who_is_nearest() -> None:
    assert differing_keys([{"a": 1, "b": 2}, {"a": 1.0, "b": 3}, {"a": 1, "c": 4}]) == ["b", "c"]
    assert said({"b": 2}, ["b", "c"]) == "b 2, c not stated"
    assert said({}, [*"abcdefgh"]).endswith(" f not stated and 2 more")
    own = [result(protocol={"a": 1, "b": 1, "c": "ab" * 32})]
    near, far = [result(protocol={"a": 1, "b": 1, "c": 3})], [result(protocol={"a": 2, "b": 2, "c": 3})]
    unknown = [result(protocol={})]
    parts, titles = [own, far, near, unknown], ["own", "far", "near", "unknown protocol"]
    assert nearest(own, parts, titles) == "near: c abababab"
    assert nearest(unknown, parts, titles) == ""
    assert nearest(own, [own], ["own"]) == ""
    elsewhere = [result(protocol={"dataset": "grid", "a": 1})]
    assert nearest([result(protocol={"dataset": "ring", "a": 1})], [elsewhere], ["grid"]) == ""
    assert nearest([result(protocol={"a": 2})], [elsewhere], ["grid"]) == "grid: a 2, dataset not stated"
    many = {str(number): number for number in range(8)}
    text = nearest([result(protocol=many)], [[result(protocol={"x": 1})]], ["other"])
    assert text == "other: 0 0, 1 1, 2 2, 3 3, 4 4, 5 5 and 3 more"
    six = {str(number): number for number in range(5)}
    assert nearest([result(protocol=six)], [[result(protocol={"x": 1})]], ["other"]).endswith("4 4, x not stated")
    assert (brief("a" * 64), brief("a" * 63), brief(3)) == ("a" * 8, "a" * 63, "3")


def test_the_monitored_measure_comes_first_then_the_headlines() -> None:
    best = {"kid": 1.0, "recall_k3": 2.0, "emd": 3.0, "precision_k3": 4.0}
    measured = {"best": best, "last": {"extra": 5.0}, "raw": {}, "floor": {"emd": 1.0}}
    part = [
        result("a", measures=measured),
        result("b", measures=measured | {"floor": {"emd": 3.0, "kid": 7.0}}),
        result("c", monitor="kid"),
    ]
    found = section("a title", part, [], "unlike", {})
    assert (found.monitor, found.headlines) == ("emd", 3)
    assert found.measures == ["emd", "precision_k3", "recall_k3", "kid", "extra"]
    assert found.floor == {"emd": pytest.approx(5 / 3), "kid": 7.0}
    assert (found.title, found.unlike, found.kind) == ("a title", "unlike", "training")


def test_a_setting_that_does_not_differ_is_told_once_where_other_protocols_vary_it() -> None:
    alike = [result("a", settings={"x": 1, "dataset": "ring"}), result("b", settings={"x": 1, "dataset": "ring"})]
    assert told_once(Column("x", True), alike)
    assert not told_once(Column("x", False), alike)
    assert not told_once(Column("y", True), alike)
    assert not told_once(Column("dataset", True), alike)
    assert told_once(Column("dataset", True), [result(settings={"dataset": "ring"}, protocol={})])


def test_a_setting_is_swept_or_folded_where_it_differs_and_otherwise_alike() -> None:
    columns = [Column("variant", True), Column("x", True), Column("y", True), Column("z", False)]

    def found(*settings: dict[str, Any], **more: Any) -> tuple[list[int], list[int], list[int], list[int]]:
        one = section("", [result(str(n), settings=given, **more) for n, given in enumerate(settings)], columns, "", {})
        return one.swept, one.folded, one.alike, one.apart

    gan, wgan = {"variant": "gan", "x": 1, "y": 1}, {"variant": "wgan", "x": 2, "y": 1}
    assert found(gan, wgan) == ([0], [1], [2], [])
    assert found(gan, wgan, given=frozenset({"x"})) == ([0, 1], [], [2], [0, 1])
    assert found(gan, gan | {"x": 2}) == ([1], [], [0, 2], [])
    assert found(gan | {"z": 1}, gan | {"z": 2}) == ([3], [], [0, 1, 2], [])
    assert found(gan) == ([], [], [0, 1, 2], [])


def test_rows_are_runs_that_differ_in_their_seed_and_stand_in_natural_order() -> None:
    columns = [Column("x", True)]
    part = [
        *(result("ten", settings={"x": 10}), result("nine", settings={"x": 9}), result("none", settings={})),
        result("again", settings={"x": 9.0}, seed=2),
        result("lost", settings={"x": 9}, complete=False),
    ]
    rows = rows_of(part, columns, columns)
    assert [[one.folder.name for one in each.results] for each in rows] == [
        *(["none"], ["nine", "again"], ["lost"], ["ten"]),
    ]
    assert [each.values for each in rows] == [[""], [9], [9], [10]]
    assert identity(part[1], columns) == identity(part[3], columns) != identity(part[4], columns)


def test_of_one_seed_the_longest_run_counts_and_finished_ones_alone() -> None:
    def steps(name: str, number: float, **more: Any) -> Any:
        return result(name, cost={"generator_steps": number}, **more)

    runs = [
        steps("short", 5.0),
        steps("long", 9.0),
        steps("other", 1.0, seed=2),
        steps("failed", 99.0, status="failed"),
    ]
    assert [run.folder.name for run in counted(runs)] == ["long", "other"]
    assert [run.folder.name for run in counted([steps("first", 5.0), steps("second", 5.0)])] == ["first"]
    assert [run.folder.name for run in counted(runs[3:])] == ["failed"]
    assert counted([result("a", cost={}), steps("b", 0.0)])[0].folder.name == "a"


def test_labels_are_distinct() -> None:
    columns = [Column("variant", True), Column("x", True), Column("y", False)]

    def named(*settings: dict[str, Any]) -> list[str]:
        return labels_of([result(settings={"variant": "gan"} | one) for one in settings], columns, columns[:2])

    assert named({"x": 1}, {"x": 2}) == ["x 1", "x 2"]
    assert named({"x": 1, "y": 1}, {"x": 1, "y": 2}) == ["y 1", "y 2"]
    assert named({"x": 1, "y": 1}, {"x": 2, "y": 2}) == ["x 1", "x 2"]
    assert named({"x": 1, "y": 1}, {"x": 2, "y": 1}, {"x": 2, "y": 3}) == ["x 1 · y 1", "x 2 · y 1", "x 2 · y 3"]
    assert named({}) == ["gan"]
    assert named({}, {}) == ["gan (1)", "gan (2)"]
    assert named({"variant": "wgan"}, {}) == ["wgan", "gan"]
    assert labels_of([result(settings={})], columns, columns[:2]) == ["run"]
