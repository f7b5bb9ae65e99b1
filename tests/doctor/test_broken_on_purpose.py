"""Short trainings: runs that were broken on purpose get their finding, healthy ones none."""

import json
from pathlib import Path

import pytest

from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.explanation import records
from tests.commands import QUICK, gan_lab

pytestmark = pytest.mark.slow

OFTEN = ("callbacks.terms.every=2", "callbacks.checkpoints.times=1", "callbacks.evaluation.steps_apart=5")
POINTS = (*QUICK, *OFTEN, "callbacks.evaluation.times=2", "generator_steps=60")
IMAGES = (
    *("data=digits", "~callbacks.image_samples", "~callbacks.figures", "~callbacks.report", *OFTEN),
    *("callbacks.evaluation.times=2", "callbacks.evaluation.n=100", "generator_steps=30"),
)
ONE_CODE = ("prior=gaussian_mixture", "model.prior.components=1", "model.prior.std=1e-4", "model.generator.norm=none")
LOSING = ("model=gan_minimax", "optimizer.lr=0.003", "++model.optimizers.generator.lr=1e-9")
BROKEN = {
    ("weights clipped",): (*POINTS, "model=wgan"),
    ("loss exploded",): (*POINTS, "model=wgan", "penalty=[]", "optimizer.lr=0.03"),
    ("critic dead",): (*POINTS, "model=wgan", "model.constraints.weight_clipping.limit=1e-4"),
    ("critic saturated", "gradient vanished"): (*POINTS, *LOSING),
    ("batch statistics",): (*POINTS, "model=gan", "data.batch_size=4", "model.generator.norm=batch"),
    ("images alike",): (*IMAGES, "model=gan", *ONE_CODE),
    ("measure noisy",): (*POINTS, "model=gan_r1", "callbacks.evaluation.n=10"),
    ("still falling",): (*IMAGES, "model=gan", "callbacks.evaluation.times=5", "generator_steps=50"),
}
HEALTHY = ("gan_r1", "wgan_gp", "gmgan_dynamic")


def run_of(folder: Path, *words: str) -> tuple[str, Path]:
    """Trains and returns what was printed, and the run folder."""
    return gan_lab(*words, f"hydra.run.dir={folder / 'run'}", cwd=folder), folder / "run"


@pytest.mark.parametrize("names", BROKEN, ids=", ".join)
def test_a_run_that_was_broken_on_purpose_gets_its_finding(names: tuple[str, ...], tmp_path: Path) -> None:
    """It is printed once, stands in summary.json, and is what the files say afterwards."""
    printed, run = run_of(tmp_path, *BROKEN[names])
    found = json.loads((run / "summary.json").read_text())["findings"]
    assert {*names} <= {one["name"] for one in found}
    assert found == records(evidence_of(run))
    for one in found:
        assert printed.count(f"{one['name']}: ") == 1
        assert one["command"] in printed


@pytest.mark.parametrize("model", HEALTHY)
def test_a_healthy_run_has_no_finding(model: str, tmp_path: Path) -> None:
    words = (
        *IMAGES,
        f"model={model}",
        "callbacks.evaluation.n=400",
        "generator_steps=60",
        "callbacks.evaluation.times=4",
    )
    printed, run = run_of(tmp_path, *words)
    assert json.loads((run / "summary.json").read_text())["findings"] == []
    assert "try:" not in printed
