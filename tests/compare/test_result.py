"""What is read of a run folder, of an evaluation, and of what either lacks."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from gan_lab.compare.find import find
from gan_lab.compare.result import NoRunError, by_ending, by_name, machine_of, read_evaluation, read_run, state_of
from gan_lab.runs.below import natural_path
from tests.compare.results import result
from tests.compare.runs import write_run


def test_a_lone_summary_says_what_its_command_and_measures_do(tmp_path: Path) -> None:
    summary = {
        **{"variant": "gan", "dataset": "ring", "seed": 4, "status": "failed", "reason": "the loss became NaN"},
        **{"command": "python -m gan_lab model=gan data=ring optimizer.lr=0.1", "generator_steps": 500, "seconds": 2.0},
        **{"measures": {"latest": {"emd": 3.0, "broken": None}, "floor": {"emd": 1.0}}, "best_step": 400},
        **{"machine": {"device": "cpu", "threads": 2, "cpu": "AVX512", "processes": 2}, "protocol": {"samples": 9}},
    }
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    found = read_run(tmp_path)
    assert found.settings == {"variant": "gan", "dataset": "ring", "optimizer.lr": 0.1}
    assert (found.complete, found.given, found.seed) == (False, frozenset({"optimizer.lr"}), 4)
    assert (found.status, found.finished, found.best_step) == ("failed", False, 400)
    assert found.reason == "the loss became NaN; config.yaml is missing"
    assert found.measures == {"best": {}, "last": {"emd": 3.0}, "raw": {}, "floor": {"emd": 1.0}}
    assert found.protocol == {"dataset": "ring", "samples": 9}
    assert found.monitor == "emd"
    assert found.cost == {"generator_steps": 500, "seconds": 2.0, "seconds_per_1000_steps": 4.0}
    assert found.machine == "cpu 2 threads AVX512 x 2"


def test_findings_are_those_of_the_doctor_whatever_the_summary_says(tmp_path: Path) -> None:
    """So that runs of all versions are judged by the same thresholds."""
    last = {"fid": 9.0, "precision_k3": 0.9, "recall_k3": 0.1}
    measures = {"best": last, "last": last, "floor": {"fid": 1.0, "precision_k3": 0.9, "recall_k3": 0.9}}
    summary = {"variant": "gan", "status": "finished", "measures": measures, "findings": [{"name": "made up"}]}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    assert read_run(tmp_path).findings == ("recall gone",)


def test_a_lone_table_has_its_best_and_its_last_line(tmp_path: Path) -> None:
    clocks = "generator_steps,images_seen,seconds"
    (tmp_path / "metrics.csv").write_text(f"{clocks},critic/loss,kid,fid\n1,64,1,0,9,5\n2,128,2,0,8,3\n3,192,6,0,7,4\n")
    found = read_run(tmp_path)
    assert (found.monitor, found.best_step) == ("fid", 2)
    assert found.measures == {"best": {"kid": 8, "fid": 3}, "last": {"kid": 7, "fid": 4}, "raw": {}, "floor": {}}
    assert found.cost == {"generator_steps": 3, "images_seen": 192, "seconds": 6, "seconds_per_1000_steps": 2000}
    assert (found.status, found.seed, found.protocol) == ("unknown", None, {})


def test_a_folder_without_a_run_says_why(tmp_path: Path) -> None:
    with pytest.raises(NoRunError, match=r"no run of gan_lab \(config.yaml is missing; summary.json is missing\)"):
        read_run(tmp_path)
    (tmp_path / "config.yaml").write_text("model: 3\n")
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(NoRunError, match=r"^no run of gan_lab$"):
        read_run(tmp_path)


def test_a_lone_configuration_has_its_settings_and_its_monitor(tmp_path: Path) -> None:
    config = {
        **{"variant": "gan", "dataset": "ring", "seed": 3, "overrides": ["model=gan", "model.n_critic=2", 5]},
        **{"model": {"n_critic": 2}, "metric": {"monitor": "kid"}, "callbacks": {"image_samples": {"rows": 7}}},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    found = read_run(tmp_path)
    assert (found.complete, found.seed, found.monitor, found.grid_rows) == (True, 3, "kid", 7)
    assert found.given == {"model.n_critic"}
    assert found.settings["model.n_critic"] == 2


def test_an_unfinished_run_says_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "summary.json").touch()
    for status in ("running", "interrupted"):
        (said,) = state_of({"status": status, "generator_steps": 1500, "length": 20000}, tmp_path)
        assert said.startswith("at generator step 1,500 of 20,000, last written 2")
        (said,) = state_of({"status": status}, tmp_path)
        assert said.startswith("at generator step 0, last written 2")
    assert state_of({"status": "finished"}, tmp_path) == []
    assert state_of({"status": "running", "reason": "why"}, tmp_path) == ["why"]


@pytest.mark.parametrize(
    ("machine", "text"),
    [
        ({}, ""),
        ({"device": "H100", "threads": 3, "processes": 1}, "H100"),
        ({"device": "H100", "processes": 8}, "H100 x 8"),
        ({"threads": 3, "cpu": "AVX2"}, "cpu 3 threads AVX2"),
        ({"device": "cpu"}, "cpu ? threads"),
    ],
)
def test_a_machine_in_a_few_words(machine: dict[str, Any], text: str) -> None:
    assert machine_of({"machine": machine}) == text


def evaluation(folder: Path, **record: Any) -> Path:
    path = folder / "evaluation.json"
    folder.mkdir(parents=True, exist_ok=True)
    subject = {"variant": "gan", "dataset": "ring", "training_seed": 6, "sampler": "sir", "n": 5, "seeds": [1, 2]}
    measures = {"generated": {"kid": 3.0}, "spread": {"kid": 0.5}, "floor": {"kid": 1.0}}
    given = {"subject": subject, "measures": measures, "protocol": {"samples": 5}, "warnings": ["a", "b"]} | record
    path.write_text(json.dumps(given))
    return path


def test_an_evaluation_without_its_run_says_what_it_knows(tmp_path: Path) -> None:
    found = read_evaluation(evaluation(tmp_path), {}, {})
    assert found.settings == {"variant": "gan", "dataset": "ring", "sampling.sampler": "sir"}
    assert (found.kind, found.complete, found.given) == ("evaluation", False, {"sampling.sampler"})
    assert (found.seed, found.status, found.reason, found.monitor) == (6, "finished", "a; b", "kid")
    assert found.sampling == (2, {"kid": 0.5})
    assert found.measures == {"best": {"kid": 3.0}, "last": {}, "raw": {}, "floor": {"kid": 1.0}}
    both = evaluation(tmp_path / "both", measures={"generated": {"kid": 3.0, "fid": 4.0}})
    assert read_evaluation(both, {}, {}).monitor == "fid"
    wrong: list[dict[str, Any]] = [{"measures": {}}, {"measures": {"generated": {"fid": None}}}]
    for broken in wrong:
        with pytest.raises(NoRunError, match=r"evaluation.json is not an evaluation of gan_lab"):
            read_evaluation(evaluation(tmp_path / "broken", **broken), {}, {})
    with pytest.raises(NoRunError, match=r"evaluation.json is missing"):
        read_evaluation(tmp_path / "nowhere" / "evaluation.json", {}, {})


def test_intervals_are_those_of_the_best_generator_where_they_are_intervals(tmp_path: Path) -> None:
    given = {
        "kid": [2.5, 3.5],
        "fid": [4, 3],
        "emd": [1],
        "a": [1, "2"],
        "b": None,
        "c": [1, 2, 3],
        "constructor": [1, 2],
    }
    measures = {"generated": {"kid": 3.0}, "interval": given}
    assert read_evaluation(evaluation(tmp_path, measures=measures), {}, {}).intervals == {"kid": (2.5, 3.5)}
    assert read_evaluation(evaluation(tmp_path / "old"), {}, {}).intervals == {}
    (tmp_path / "run").mkdir()
    summary = {
        "variant": "gan",
        "measures": {"best": {"fid": 3.0}},
        "intervals": {"best": {"fid": [2, 4]}, "last": given},
    }
    (tmp_path / "run" / "summary.json").write_text(json.dumps(summary))
    assert read_run(tmp_path / "run").intervals == {"fid": (2.0, 4.0)}


def test_an_evaluation_inside_a_run_has_the_settings_of_the_run(tmp_path: Path) -> None:
    run = result(settings={"variant": "wgan", "model.n_critic": 5}, given=frozenset({"model.n_critic"}), seed=9)
    found = read_evaluation(evaluation(tmp_path / "run" / "deep"), {(tmp_path / "run").resolve(): run}, {})
    assert found.settings == {"variant": "wgan", "model.n_critic": 5, "sampling.sampler": "sir"}
    assert (found.complete, found.seed, found.monitor) == (True, 9, "emd")
    assert found.given == {"model.n_critic", "sampling.sampler"}


def test_a_run_is_known_by_the_end_of_its_path_if_it_is_the_only_one() -> None:
    one, two = result("x"), result("y")
    trained = {Path("/somewhere/gan/today"): one, Path("/somewhere/wgan/today"): two}
    named = by_ending(trained)
    assert by_name({"checkpoint": "outputs/gan/today"}, named) is one
    assert by_name({"checkpoint": "outputs/wgan/today/checkpoints/best.ckpt"}, named) is two
    assert by_name({"checkpoint": "outputs/hinge/today"}, named) is None
    assert by_name({}, named) is None
    assert by_name({"checkpoint": "gan/today"}, by_ending(trained | {Path("/elsewhere/gan/today"): two})) is None


def test_links_are_followed_once_and_hidden_folders_are_not_looked_into(tmp_path: Path, config: Any) -> None:
    write_run(tmp_path / "real" / "a", config, steps=200)
    (tmp_path / "real" / "a" / "up").symlink_to(tmp_path / "real")
    (tmp_path / "other").symlink_to(tmp_path / "real" / "z")
    write_run(tmp_path / "real" / ".hidden" / "b", config, steps=200)
    write_run(tmp_path / "real" / "a" / "checkpoints" / "c", config, steps=200)
    write_run(tmp_path / "real" / "z", config, steps=200)
    assert [one.folder.name for one in find([tmp_path / "real"]).results] == ["a", "z"]
    assert [one.folder.name for one in find([tmp_path / "other"]).results] == ["other"]


def test_numbers_in_paths_count() -> None:
    paths = [Path("x/10_a"), Path("x/9_b"), Path("x/9_a"), Path("w/11")]
    assert sorted(paths, key=natural_path) == [Path("w/11"), Path("x/9_a"), Path("x/9_b"), Path("x/10_a")]
