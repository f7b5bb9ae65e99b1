"""An evaluation from its configuration to its record, of a model of points and of image files."""

import json
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.evaluate.__main__ import USED
from gan_lab.evaluate.run import deviation, evaluate, measure_samples
from gan_lab.metric.points import PointMeasure
from tests.commands import as_program
from tests.fixtures import Compose
from tests.sampler.known import small_ring


def words(printed: str) -> str:
    """What is printed, without the ends of its lines."""
    return " ".join(printed.split())


@pytest.fixture
def checkpoint(composed: Compose, tmp_path: Path) -> Path:
    """Of a model of the ring that was not trained."""
    config = composed("model=gan", "data=ring", "seed=5")
    weights = build(config["model"], "model").state_dict()
    path = tmp_path / "last.ckpt"
    torch.save({"config": config, "state_dict": weights, "counters": {"generator_steps": 0}}, path)
    return path


def evaluated(folder: Path, *overrides: str, dataset: str = "ring") -> tuple[float, dict[str, Any]]:
    given = (f"data={dataset}", "device=cpu", f"run_dir={folder}/run", *overrides)
    value = evaluate(compose_config(*given, root="evaluate", keys=[*USED]), [*overrides], dataset)
    return value, json.loads((folder / "run" / "evaluation.json").read_text())


def test_the_mean_and_spread_are_those_of_the_sampling_seeds(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = (f"checkpoint={checkpoint}", "n=200", "metric.emd_points=50", "repeats=3", "seed=4")
    value, record = evaluated(tmp_path, *options)
    runs = [run["emd"] for run in record["measures"]["runs"]]
    assert len({*runs}) == 3
    assert value == record["measures"]["generated"]["emd"] == pytest.approx(np.mean(runs))
    assert record["measures"]["spread"]["emd"] == pytest.approx(np.std(runs, ddof=1))
    low, high = record["measures"]["interval"]["emd"]
    assert low < value < high
    assert (low + high) / 2 == pytest.approx(value)
    known = {*record["measures"]["interval"]}  # a value that no resampling changes has none
    assert {"emd"} <= known <= {"emd", "modes_covered", "high_quality_share", "reverse_kl"}
    assert 0 < record["measures"]["floor"]["emd"] < value
    assert record["subject"]["seeds"] == [4, 5, 6]
    assert (record["subject"]["n"], record["subject"]["sampler"], record["subject"]["ema"]) == (200, "direct", True)
    assert (record["protocol"]["dataset"], record["protocol"]["samples"]) == ("ring", 200)
    assert record["protocol"]["split"] == "test"
    assert record["command"] == " ".join(["python -m gan_lab.evaluate", *options])
    assert record["overrides"] == [*options]
    assert record["cost"]["passes"] == 1
    assert record["cost"]["milliseconds"] > 0
    assert {*record["seconds"]} == {"preparing", "reference", "sampling", "measuring"}
    assert all(seconds > 0 for seconds in record["seconds"].values())
    printed = capsys.readouterr().out
    assert "± is the standard deviation over the 3 sampling seeds: from two or three, a rough estimate" in words(
        printed
    )
    assert f"samples of seed 6: {tmp_path}/run/samples.png" in printed
    assert "cost of a sample: 1 network pass," in printed
    assert f"the whole record: {tmp_path}/run/evaluation.json" in printed
    assert f"all measures: {tmp_path}/run/measures.md" in printed
    page = (tmp_path / "run" / "measures.md").read_text()
    assert "| emd ↓ | " in page
    assert "| measure | generated | 95 % interval | ± over 3 sampling seeds | real (floor) |" in page
    assert f"| {low:.4g} to {high:.4g} |" in page
    assert f"{low:.4g} to {high:.4g}" in printed
    assert "is the sampling error of one generator" in words(printed)
    again, one = evaluated(tmp_path, *options[:3], "seed=5")
    assert again == pytest.approx(runs[1])
    assert one["measures"]["spread"] == {}


def test_image_files_are_measured_and_equal_ones_warned_of(
    digits: Digits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = digits.test.values[:20, 0].numpy()
    np.save(tmp_path / "images.npy", images)
    np.save(tmp_path / "copies.npy", images[:10].repeat(2, 0))
    options = ("metric=pixels", f"metric.cache_dir={tmp_path}/cache", "n=12")
    _, record = evaluated(tmp_path, f"images={tmp_path}/images.npy", *options, dataset="digits")
    assert (record["subject"]["found"], record["subject"]["n"], record["protocol"]["samples"]) == (20, 12, 12)
    assert record["cost"] == {}
    assert [warning.split(":")[0] for warning in record["warnings"]] == ["every measure of 12 samples is mostly noise"]
    assert "cost of a sample" not in capsys.readouterr().out
    assert (tmp_path / "run" / "samples.png").is_file()
    _, record = evaluated(tmp_path, f"images={tmp_path}/copies.npy", *options[:2], dataset="digits")
    assert any(warning.startswith("100.0% of the images equal another one") for warning in record["warnings"])
    assert "warning: 100.0% of the images" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ((), "evaluate needs either checkpoint=PATH .* or images=PATH"),
        (("checkpoint=a", "images=b"), "needs either checkpoint=PATH"),
        (("checkpoint=a", "repeats=0"), "repeats=0 must be 1 or more"),
        (("images=a", "repeats=2"), "exactly 1 for images="),
        (("checkpoint=a", "n=many"), "n is 'many' and must be a whole number"),
        (("checkpoint=nowhere", "repeats=2"), "there is no checkpoint at .*nowhere"),
        (("images=nowhere",), "nowhere does not exist"),
    ],
)
def test_what_cannot_be_measured_is_refused(tmp_path: Path, overrides: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        evaluated(tmp_path, "metric=pixels", *overrides, dataset="digits")
    assert not (tmp_path / "run").exists()


def test_what_has_no_number_is_refused() -> None:
    measure = PointMeasure(split="validation", emd_points=50, high_quality_threshold=4.0)
    measure.prepare(small_ring(), 100, 0, torch.device("cpu"))
    with pytest.raises(GanLabError, match=r"^1 samples cannot be measured: 1 generated samples"):
        measure_samples(measure, torch.zeros(1, 2), None)
    broken = torch.full((100, 2), torch.nan)
    with pytest.warns(UserWarning, match="not finite"), pytest.raises(GanLabError, match="emd is NaN, because"):
        measure_samples(measure, broken, None)
    assert measure_samples(measure, torch.zeros(100, 2), None)["emd"] > 0


def test_the_program_measures_what_its_arguments_say(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = [f"checkpoint={checkpoint}", "n=50", "metric.emd_points=20", "device=cpu"]
    monkeypatch.setattr("sys.argv", ["gan_lab.evaluate", *options, f"hydra.run.dir={tmp_path}/run"])
    as_program("evaluate")
    record = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert record["protocol"]["dataset"] == "ring"
    assert record["overrides"] == [*options, "data=ring"]
    monkeypatch.setattr("sys.argv", ["gan_lab.evaluate", "data=digits", f"hydra.run.dir={tmp_path}/refused"])
    with pytest.raises(SystemExit, match=r"^gan_lab: evaluate needs either checkpoint=PATH"):
        as_program("evaluate")
    assert not (tmp_path / "refused").exists()


def test_a_measure_without_a_value_has_no_deviation() -> None:
    """As data_copying, where no cell has enough samples of one of the seeds."""
    assert deviation([1.0, 3.0]) == pytest.approx(2**0.5)
    assert isnan(deviation([1.0, float("nan")]))
