"""Short trainings: runs that were broken on purpose get their finding, healthy ones none."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
FEW = ("data=mnist", "data.batch_size=20", "model=gan", "callbacks.evaluation.n=400", "generator_steps=2000")
LEARNT = ("callbacks.evaluation.times=5", "generator_steps=600", "optimizer=adam", "optimizer.betas=[0.0,0.9]")
RING = (*POINTS, *LEARNT, "optimizer.lr=0.01", "model.ema_decay=0.9")
MANY = ("data.train_size=2000", "data.batch_size=64", "model=wgan_gp", "generator_steps=500")
TOO_FAST = ("model=gan", "generator_steps=400", "schedule=warm_up", "schedule.warm_up=0.99", "optimizer.lr=0.1")
PENALISED = ("model=gan_r1", "model.penalties.r1.gamma=0.1")
AWAY = "away.npy"
"""Ten units from where a generator begins. It goes there ever faster, and arrives in the last of thirty steps."""
FAR = (
    *(*POINTS, "data=points", f"data.path={AWAY}", "model=wgan_gp", "generator_steps=30", "optimizer=adam"),
    *("optimizer.lr=1e-3", "optimizer.betas=[0.0,0.9]", "schedule=warm_up", "schedule.warm_up=0.99"),
)


@dataclass(frozen=True)
class Case:
    """The words of a training, those that break it, and those in their place with which it is healthy."""

    words: tuple[str, ...]
    fault: tuple[str, ...]
    healthy: tuple[str, ...] = ()


ONE_CODE = ("prior=gaussian_mixture", "model.prior.components=1", "model.prior.std=1e-4")
LOSING = ("model=gan_minimax", "optimizer.lr=0.003", "++model.optimizers.generator.lr=1e-9")
BROKEN = {
    ("weights clipped",): Case(POINTS, ("model=wgan",), ("model=wgan_gp",)),
    ("loss exploded",): Case(POINTS, ("model=wgan", "penalty=[]", "optimizer.lr=0.03"), ("model=wgan_gp",)),
    ("critic dead",): Case(POINTS, ("model=wgan", "model.constraints.weight_clipping.limit=1e-4"), ("model=wgan_gp",)),
    ("critic saturated", "gradient vanished"): Case(POINTS, LOSING, ("model=gan_minimax",)),
    ("batch statistics",): Case((*POINTS, "model=gan", "model.generator.norm=batch"), ("data.batch_size=4",)),
    ("images alike",): Case((*IMAGES, "model=gan", "model.generator.norm=none"), ONE_CODE),
    ("class missing",): Case(RING, TOO_FAST, PENALISED),
    ("memorising", "recall gone"): Case((*IMAGES, *FEW), ("data.train_size=20",), MANY),
    ("average behind",): Case(FAR, ("model.ema_decay=0.9999",), ("model.ema_decay=0.5",)),
    ("measure noisy",): Case((*POINTS, "model=gan_r1"), ("callbacks.evaluation.n=10",)),
    ("still falling",): Case(
        (), (*IMAGES, "model=gan", "callbacks.evaluation.times=5", "generator_steps=50"), (*RING, *PENALISED)
    ),
}
BY_DAY = {"weights clipped", "gradient vanished", "images alike", "measure noisy"}
EACH = [
    pytest.param(
        names,
        marks=[pytest.mark.nightly] * (not BY_DAY & {*names}) + [pytest.mark.mnist] * ("memorising" in names),
    )
    for names in BROKEN
]
HEALTHY = ("gan_r1", *(pytest.param(model, marks=pytest.mark.nightly) for model in ("wgan_gp", "gmgan_dynamic")))


def run_of(folder: Path, *words: str) -> tuple[str, Path]:
    """Trains and returns what was printed, and the run folder."""
    return gan_lab(*words, f"hydra.run.dir={folder / 'run'}", cwd=folder), folder / "run"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the points that are far away, where a command finds them."""
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / AWAY, np.random.default_rng(0).normal([10, 0], size=(2000, 2)))
    return tmp_path


@pytest.mark.parametrize("names", EACH, ids=", ".join)
def test_a_run_that_was_broken_on_purpose_gets_its_finding(names: tuple[str, ...], place: Path) -> None:
    """It is printed once, stands in summary.json, and is what the files say afterwards."""
    printed, run = run_of(place, *BROKEN[names].words, *BROKEN[names].fault)
    found = json.loads((run / "summary.json").read_text())["findings"]
    assert {*names} <= {one["name"] for one in found}
    assert found == records(evidence_of(run))
    for one in found:
        assert printed.count(f"{one['name']}{'' if one['serious'] else ' (not serious)'}: ") == 1
        assert one["command"] in printed


@pytest.mark.nightly
@pytest.mark.mnist
@pytest.mark.parametrize("names", BROKEN, ids=", ".join)
def test_the_same_run_without_its_fault_is_healthy(names: tuple[str, ...], place: Path) -> None:
    """It has neither that finding nor any that is serious."""
    _, run = run_of(place, *BROKEN[names].words, *BROKEN[names].healthy)
    found = json.loads((run / "summary.json").read_text())["findings"]
    assert not [one for one in found if one["serious"] or one["name"] in names]


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
