"""Every sampler is evaluated on points as on images, and a refusal leaves its sentence."""

from pathlib import Path

import pytest
import torch

from gan_lab.build import build
from gan_lab.cli.compose import compose_config
from gan_lab.reference.sampler_records import row
from gan_lab.reference.sampler_runs import measure
from gan_lab.runs.run_folder import read_json


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


def test_a_refusal_leaves_its_sentence(run: Path, tmp_path: Path) -> None:
    measure("grid", run, "sigma_scaled sampler.tau=0.5", ("n=200", "which=last", "data=grid"), tmp_path / "to")
    refused = read_json(tmp_path / "to" / "refused.json")
    assert refused["sampler"] == "sigma_scaled sampler.tau=0.5"
    assert len(refused["sentence"].splitlines()) == 1
