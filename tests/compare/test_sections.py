"""Means over seeds, and numbers of different protocols kept apart."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_lab.compare.columns import columns_of
from gan_lab.compare.find import find
from gan_lab.compare.sections import Section, sections_of
from tests.compare.runs import FLOOR, PROTOCOL, changed, seeded, write_run


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
