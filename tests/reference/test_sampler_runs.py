"""Every sampler is evaluated on points as on images, and a refusal leaves its sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.reference import sampler_pictures, sampler_runs
from gan_lab.reference.published import ROOT
from gan_lab.reference.sampler_pictures import points_picture
from gan_lab.reference.sampler_plan import folder_of
from gan_lab.reference.sampler_records import row
from gan_lab.reference.sampler_runs import measure, write_samplers
from gan_lab.runs.provenance import commit
from gan_lab.trust.foreign import read_json


def untrained(run: Path, *overrides: str) -> None:
    """Write the last checkpoint of a run that took no step."""
    config = compose_config(*overrides)
    torch.manual_seed(0)
    weights = build(config["model"], "model").state_dict()
    (run / "checkpoints").mkdir(parents=True)
    saved = {"config": config, "state_dict": weights, "counters": {"generator_steps": 0}}
    torch.save(saved, run / "checkpoints" / "last.ckpt")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_LAB_CACHE", str(tmp_path / "cache"))
    untrained(tmp_path / "grid", "model=wgan_gp", "data=grid", "model.prior.dim=2")
    return tmp_path / "grid"


def test_points_are_measured(run: Path, tmp_path: Path) -> None:
    rest = ("n=200", "which=last", "metric.emd_points=50", "data=grid")
    measure("grid", run, "truncated sampler.t=0.5", rest, tmp_path / "to")
    kept = row("truncated sampler.t=0.5", read_json(tmp_path / "to" / "evaluation.json"))
    assert (kept["n"], kept["settings"]["sampler"]) == (200, "truncated")
    assert "emd" in kept["measures"]
    assert kept["commit"] == commit(ROOT)


def test_a_record_has_what_each_sampling_seed_measured(tmp_path: Path) -> None:
    evaluated(tmp_path / "to", "direct")
    record = read_json(tmp_path / "to" / "evaluation.json")
    record["subject"]["seeds"] = [4, 5]
    record["measures"]["runs"] = [{"fid": 3.0, "emd": 1.0}, {"fid": 5.0, "emd": 1.0}]
    record["protocol"]["split"] = "validation"
    kept = row("direct", record)
    assert (kept["split"], kept["seeds"], kept["runs"]) == ("validation", [4, 5], {"fid": [3.0, 5.0]})


def test_a_refusal_leaves_its_sentence(run: Path, tmp_path: Path) -> None:
    measure("grid", run, "sigma_scaled sampler.tau=0.5", ("n=200", "which=last", "data=grid"), tmp_path / "to")
    refused = read_json(tmp_path / "to" / "refused.json")
    assert refused["sampler"] == "sigma_scaled sampler.tau=0.5"
    assert len(refused["sentence"].splitlines()) == 1
    assert refused["commit"] == commit(ROOT)


def test_pictures_of_points_stand_four_in_a_row_in_the_order_of_the_plan(tmp_path: Path) -> None:
    samplers = ["direct", "drs", "sir", "mh", "ddls sampler.n_steps=400"]
    for number, sampler in enumerate(samplers):
        folder = folder_of(tmp_path, "grid", sampler, ("n=10000", "data=grid"))
        folder.mkdir(parents=True)
        Image.new("RGB", (50, 50), (10 * number, 0, 0)).save(folder / "samples.png")
    picture = points_picture(tmp_path, samplers)
    assert picture.size == (4 * 300, 2 * 318)
    places = [(number % 4 * 300, number // 4 * 318) for number in range(5)]
    for number, (left, top) in enumerate(places):
        for x, y in ((left, top + 18), (left + 299, top + 317)):
            assert picture.getpixel((x, y)) == (10 * number, 0, 0)
        title = picture.crop((left, top, left + 300, top + 18))
        assert title.getpixel((0, 0)) == (255, 255, 255)
        assert np.asarray(title).min() < 100, "its name"
    assert picture.getpixel((599, 617)) == (255, 255, 255), "nothing after the last one"


def evaluated(folder: Path, sampler: str) -> None:
    """What an evaluation leaves behind, as far as it is read."""
    measures = {"high_quality_share": 0.5, "modes_covered": 25.0, "reverse_kl": 0.1, "emd": 0.2}
    subject = {
        **dict.fromkeys(("sha256", "variant", "dataset", "training_seed", "ema", "rounds", "generator_steps"), 1),
        **{"critic_steps": 1, "images_seen": 1, "seconds": 1.0, "n": 10_000, "seeds": [1], "sampler": sampler},
    }
    record = {
        **{
            "subject": subject,
            "machine": {},
            "versions": {},
            "protocol": {"split": "test"},
            "warnings": [],
            "seconds": {},
        },
        "sampling": {"report": {"thresholds": [1], "ess": 3.0}, "acceptance": None},
        "measures": {"generated": measures, "spread": {}, "floor": measures, "runs": [measures]},
        "cost": {"passes": 1.0, "milliseconds": 0.5},
    }
    folder.mkdir(parents=True)
    (folder / "evaluation.json").write_text(json.dumps(record))
    Image.new("RGB", (50, 50)).save(folder / "samples.png")


def test_only_what_is_missing_is_measured_and_all_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, published = tmp_path / "runs", tmp_path / "published"
    for module in (sampler_runs, sampler_pictures):
        monkeypatch.setattr(module, "SAMPLERS", published)
    rest = ("n=10000", "data=grid")
    there = [*dict.fromkeys(sampler_runs.plan("grid"))]
    for sampler, _ in there[:-2]:
        evaluated(folder_of(runs, "grid", sampler, rest), sampler)
    (runs / "grid").mkdir()
    (runs / "grid" / "summary.json").write_text('{"status": "finished"}')
    first, second = (folder_of(runs, "grid", sampler, rest) for sampler, _ in there[-2:])
    second.mkdir(parents=True)
    (second / "refused.json").write_text(json.dumps({"sampler": "x", "rest": ["n=1"], "sentence": "as before"}))
    write_samplers(runs, ["grid"], run=True)
    assert "there is no checkpoint at" in read_json(first / "refused.json")["sentence"]
    assert str(runs / "grid" / "checkpoints") in read_json(first / "refused.json")["sentence"]
    assert read_json(second / "refused.json")["sentence"] == "as before"
    assert not any(path.with_name("refused.json").exists() for path in runs.rglob("evaluation.json"))
    kept = read_json(published / "samplers.json")
    assert [one["sampler"] for one in kept["grid"]["rows"]] == [sampler for sampler, _ in there[:-2]]
    assert [one["sentence"] for one in kept["grid"]["refused"]][1:] == ["as before"]
    assert kept["grid"]["rows"][0]["report"] == {"ess": 3.0}
    assert kept["grid"]["rows"][0]["commit"] is None, "these evaluations are older than commits in records"
    assert "`x` with n=1 was refused: as before" in (published / "tables.md").read_text()
    assert (published / "grid" / "samples.png").is_file()
    assert f"results: {published}" in capsys.readouterr().out
