"""Whole commands on a device that refuses what a GPU refuses: training, measuring, drawing, and their pictures."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gan_lab.trust.targets import CONF_DIR
from tests.commands import QUICK, environment, last_of_each
from tests.device import played
from tests.device.test_rounds import pytestmark as needs_such_devices
from tests.forked import Forked

pytestmark = [needs_such_devices, pytest.mark.slow]

IMAGES = (
    *(
        "model=gmgan_static",
        "data=digits",
        "metric=mnistcnn",
        "callbacks.evaluation.n=60",
        "~callbacks.figures",
        "~callbacks.report",
    ),
    *("callbacks.image_samples.times=1", "hydra.run.dir=images"),
)
POINTS = ("network=mlp_2d", *QUICK)
MEASURES = sorted(path.stem for path in (CONF_DIR / "measure").glob("*.yaml"))
EVERY_MEASURE = (
    *(f"measure=[{','.join(MEASURES)}]", "metric.metrics.class_distances.least_images=2"),
    *("metric.metrics.reconstruction.images=20", "metric.metrics.reconstruction.descent.steps=3"),
)
SAMPLERS = sorted(path.stem for path in (CONF_DIR / "sampler").glob("*.yaml"))
WEIGHTS = ("sampler.weights.steps=3", "sampler.weights.max_norm_error=9")
CHEAP = {
    "ddls": ("sampler.n_steps=3",),
    "dgflow": ("sampler.n_steps=3",),
    "latent_ascent": ("sampler.steps=3", *WEIGHTS),
    "latent_reweighting": WEIGHTS,
    "latent_reweighting_ascent": ("sampler.steps=3", *WEIGHTS),
    "mh": ("sampler.max_capout=1",),
}


@pytest.fixture(scope="module", params=[True, False], ids=["without_float64", "with_float64"])
def without_float64(request: pytest.FixtureRequest) -> bool:
    """Apple's GPUs have none, NVIDIA's have."""
    return bool(request.param)


def on_the_device(lines: Sequence[Sequence[str]], cwd: Path, without_float64: bool) -> list[dict[str, Any]]:
    results, typed = cwd / "results", [last_of_each(line) for line in lines]
    process = Forked(played.commands, typed, str(results), without_float64, cwd=cwd, env=environment())
    printed, _ = process.communicate(timeout=500)
    assert process.returncode == 0, printed
    return [json.loads(line) for line in results.read_text().splitlines()]


def test_a_run_of_images_is_trained_continued_measured_and_drawn_from(tmp_path: Path, without_float64: bool) -> None:
    """With pictures of features by class and by component."""
    said = on_the_device(
        [
            (*IMAGES, "generator_steps=2"),
            ("resume=images", "generator_steps=3"),
            ("evaluate", "images", "n=60", "hydra.run.dir=measured"),
            ("evaluate", "images", "n=60", "metric=random", "hydra.run.dir=otherwise"),
            ("evaluate", "images", "n=60", *EVERY_MEASURE, "hydra.run.dir=more"),
            ("sample", "images", "n=60", "out=drawn", "format=npz"),
            ("invert", "images", "n=3", "descent.steps=3", "interpolation_steps=3", "out=codes"),
            ("evaluate", "images=drawn/samples.npz", "data=digits", "metric=pixels", "n=60", "hydra.run.dir=files"),
        ],
        tmp_path,
        without_float64,
    )
    assert [each["said"] for each in said if each["status"] != 0] == []
    summary, record = (
        json.loads((tmp_path / name).read_text()) for name in ("images/summary.json", "measured/evaluation.json")
    )
    assert summary["machine"]["device"] == record["machine"]["device"] == "other:0"
    assert summary["generator_steps"] == 3
    pictures = {path.stem for path in (tmp_path / "measured" / "figures").glob("*.png")}
    assert pictures == {"classes", "confusion", "embedding"}
    assert (tmp_path / "files" / "evaluation.json").exists()
    more = json.loads((tmp_path / "more" / "evaluation.json").read_text())["measures"]["generated"]
    assert {
        "cluster_ari",
        "vendi",
        "c2st",
        "cas",
        "fld",
        "mmd_p",
        "class_fid_mean",
        "beta_recall_k5",
        "reconstruction",
    } <= more.keys()


@pytest.fixture(scope="module")
def by_sampler(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Without float64, which refuses more."""
    cwd = tmp_path_factory.mktemp("samplers")
    evaluations = [
        (
            "evaluate",
            {"sigma_scaled": "mixture", "ode": "flow"}.get(name, "points"),
            "n=100",
            f"sampler={name}",
            f"hydra.run.dir={name}",
            *CHEAP.get(name, ()),
        )
        for name in SAMPLERS
    ]
    models = [
        ("model=gan", "hydra.run.dir=points", *POINTS, "generator_steps=3"),
        ("model=gmgan_static", "hydra.run.dir=mixture", *POINTS, "generator_steps=3"),
        ("model=flow_matching", "hydra.run.dir=flow", *POINTS, "generator_steps=3"),
    ]
    measured = on_the_device([*models, *evaluations], cwd, without_float64=True)
    assert [said["said"] for said in measured[: len(models)] if said["status"] != 0] == []
    return dict(zip(SAMPLERS, measured[len(models) :], strict=True))


@pytest.mark.xdist_group("samplers on the device")
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_draws(by_sampler: dict[str, dict[str, Any]], sampler: str) -> None:
    said = by_sampler[sampler]
    assert said["status"] == 0, said["said"]
