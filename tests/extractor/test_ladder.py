import json
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.digits import Digits
from gan_lab.data.mnist import MNIST
from gan_lab.extractor.ladder import (
    blurred,
    features,
    gaussian_garbage,
    measures,
    rungs,
    with_noise,
    without_classes,
)
from gan_lab.extractor.run import accuracy
from gan_lab.metric.real_images import quantised
from tests.fixtures import Compose
from tests.present import present

REFERENCE = Path(__file__).parents[2] / "outputs" / "reference"
LADDERS = {
    "noise": ["real", "noise_0.05", "noise_0.1", "noise_0.2", "noise_0.4"],
    "blur": ["real", "blur_3", "blur_5"],
    "dropped": ["real", "dropped_1", "dropped_2", "dropped_3", "dropped_4", "dropped_5"],
}


def test_noise_has_the_stated_strength() -> None:
    grey = torch.full((10, 1, 28, 28), 128, dtype=torch.uint8)
    noisy = with_noise(grey, 0.1, torch.Generator().manual_seed(0))
    assert noisy.double().std().item() == pytest.approx(25.5, rel=0.03)


def test_blur_is_a_mean_over_the_square() -> None:
    point = torch.zeros(1, 1, 7, 7, dtype=torch.uint8)
    point[0, 0, 3, 3] = 225
    assert blurred(point, 3)[0, 0, 2:5, 2:5].unique().tolist() == [25]
    assert blurred(point, 5).sum() == 225


def test_garbage_has_the_images_moments(digits: Digits) -> None:
    images = digits.train.values
    garbage = gaussian_garbage(images, 2000, 50, torch.Generator().manual_seed(0))
    assert garbage.shape == (2000, 1, 28, 28)
    assert (garbage.double().mean(0) - images.double().mean(0)).abs().mean() < 12  # clipping moves the mean


def test_last_classes_are_dropped(digits: Digits) -> None:
    assert present(without_classes(digits.train, 4, 10).labels).unique().tolist() == [0, 1, 2, 3, 4, 5]


def accept(report: dict[str, Any]) -> None:
    """The acceptance figures of an extractor of MNIST."""
    steps, checks = report["ladder"], report["ladder"]["checks"]
    for names in LADDERS.values():
        heights = [steps[name]["fid"] for name in names]
        assert heights == sorted(heights)
        assert len(set(heights)) == len(heights)
    assert checks["noise_rises"]
    assert checks["blur_rises"]
    assert checks["dropped_rises"]
    assert checks["n"] == 3000
    assert checks["dead"] < 0.05
    assert steps["real"]["fid_per_trace"] < 0.01
    assert steps["garbage"]["precision_k3"] < 0.5
    assert report["accuracy"]["test"] >= 0.985


def test_report_of_the_shipped_extractor(composed: Compose) -> None:
    report = json.loads((REFERENCE / "mnistcnn-v1.json").read_text())
    assert report["sha256"] == composed("metric=mnistcnn")["metric"]["extractor"]["sha256"]
    accept(report)


def test_another_seed_gives_the_same_order_and_almost_the_same_values() -> None:
    one, two = (
        json.loads((REFERENCE / f"{name}.json").read_text())["ladder"] for name in ("mnistcnn-v1", "mnistcnn-v1-seed1")
    )
    names = [name for name in one if name != "checks"]
    assert sorted(names, key=lambda name: one[name]["fid"]) == sorted(names, key=lambda name: two[name]["fid"])
    for rung in names:
        assert two[rung]["fid_per_trace"] == pytest.approx(one[rung]["fid_per_trace"], rel=0.4)


@pytest.mark.mnist
@pytest.mark.slow
def test_the_report_can_be_had_again(composed: Compose, mnist_root: Path) -> None:
    data: MNIST = build(composed("data=mnist")["data"], "data")
    data.setup()
    extractor = build(composed("metric=mnistcnn")["metric"]["extractor"], "extractor")
    report = json.loads((REFERENCE / "mnistcnn-v1.json").read_text())
    assert accuracy(extractor, data.validation.subset(slice(2000))) > 0.98
    images = rungs(data, seed=0)
    reference = features(extractor, quantised(data.validation, 3000))
    for rung in ("real", "noise_0.05", "blur_3", "garbage"):
        found = measures(reference, features(extractor, images[rung]))
        assert found == pytest.approx(report["ladder"][rung], rel=1e-3, abs=2e-3)
