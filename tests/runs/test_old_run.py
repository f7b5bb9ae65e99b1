"""A run folder of an earlier version is still opened, measured, drawn from, continued and compared.

`old_run/` was trained at the commit that `expected.json` names, on a CPU in single precision:

    python -m gan_lab model=gmgan_dynamic data=digits metric=pixels seed=3 model.prior.dim=6 ... generator_steps=12

`expected.json` holds what that version measured and drew, and the norms of all weights four steps later. That version
drew the codes of training for every split; by now they are those of the validation images alone.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.compare.run import write
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.data.loading import load_data
from gan_lab.images import to_uint8
from gan_lab.metric.base import Evaluator
from gan_lab.sampler.direct import Direct
from gan_lab.trained_model import TrainedModel
from gan_lab.types import SampleResult
from tests.commands import checkpoint, many

OLD = Path(__file__).parent / "old_run"
EXPECTED: dict[str, Any] = json.loads((OLD / "expected.json").read_text())
CHANGED = ("fid_infinity", "data_copying")
"""The first is of several subsets of each size by now; the second needs more images."""


@pytest.fixture
def old_run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD, tmp_path / "old"))


def drawn_as_in_training(run: Path, n: int) -> tuple[SampleResult, DataModule]:
    trained = TrainedModel.open(str(run), "last", torch.device("cpu"))
    sampler, data = Direct(batch_size=500), load_data(trained.config["data"])
    trained.prepare(sampler, data)
    return trained.draw(sampler, n, seed=1, split="validation"), data


def unchanged(measures: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in measures.items() if name not in CHANGED}


def test_the_same_samples_are_drawn(old_run: Path) -> None:
    drawn, _ = drawn_as_in_training(old_run, 4)
    expected = EXPECTED["sampled"]
    torch.testing.assert_close(drawn.latent.z, torch.tensor(expected["z"]))
    assert drawn.latent.component is not None
    assert drawn.latent.component.tolist() == expected["component"]
    sums = to_uint8(drawn.x).long().sum((1, 2, 3))
    assert (sums - torch.tensor(expected["image_sums"])).abs().max() <= 28  # of 784 pixels some may round another way


def test_it_is_compared(old_run: Path, tmp_path: Path) -> None:
    page = write([old_run], tmp_path / "out")
    assert page.is_file()
    table = (tmp_path / "out" / "compare.csv").read_text()
    assert "gmgan_dynamic" in table
    assert f"{json.loads((OLD / 'summary.json').read_text())['measures']['best']['fid']:.6g}"[:6] in table


def test_the_same_is_measured(old_run: Path) -> None:
    drawn, data = drawn_as_in_training(old_run, 60)
    config = compose_config("checkpoint=x", "data=digits", "metric=pixels", root="evaluate", keys=["metric"])
    measure: Evaluator = build(config["metric"], "metric", Evaluator)
    measure.prepare(data, 60, 1, torch.device("cpu"))
    measure.update(drawn.x, drawn.latent.component)
    assert unchanged(measure.compute(final=True)) == pytest.approx(unchanged(EXPECTED["measures"]), rel=1e-3)


@pytest.mark.slow
def test_it_is_measured_and_continued(old_run: Path, tmp_path: Path) -> None:
    measured, continued = many(
        [
            ["evaluate", f"checkpoint={old_run}", "which=last", "n=60", "metric=pixels", "hydra.run.dir=out"],
            [f"resume={old_run}", "generator_steps=16"],
        ],
        cwd=tmp_path,
    )
    assert measured["status"] == 0, measured["said"]
    record = json.loads((Path(measured["folder"]) / "out" / "evaluation.json").read_text())
    assert unchanged(record["measures"]["floor"]) == pytest.approx(unchanged(EXPECTED["floor"]), rel=1e-3)
    fids = [record["measures"]["generated"]["fid"], EXPECTED["measures"]["fid"]]
    assert fids[0] == pytest.approx(fids[1], rel=0.2), "of other codes"
    assert continued["status"] == 0, continued["said"]
    saved = checkpoint(old_run)
    assert saved["counters"] | EXPECTED["resumed"]["counters"] == saved["counters"]
    norms = {name: value.double().norm().item() for name, value in saved["state_dict"].items()}
    assert norms == pytest.approx(EXPECTED["resumed"]["norms"], rel=1e-3)
