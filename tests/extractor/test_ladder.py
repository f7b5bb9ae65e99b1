import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.build import build
from gan_lab.data.base import DataModule, Samples
from gan_lab.data.digits import Digits
from gan_lab.data.mnist import MNIST
from gan_lab.extractor.acceptance import shortfalls
from gan_lab.extractor.beside import rank_correlation
from gan_lab.extractor.ladder import (
    blurred,
    dimmed,
    features,
    gaussian_garbage,
    halves,
    ladder,
    measures,
    rungs,
    shifted,
    size,
    with_noise,
    without_classes,
)
from gan_lab.extractor.run import accuracy
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.real_images import quantised
from tests.fixtures import Compose
from tests.present import present

REFERENCE = Path(__file__).parents[2] / "outputs" / "reference"
README = Path(__file__).parents[2] / "gan_lab" / "metric" / "README.md"
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


def test_shifted_images_are_one_pixel_farther_right() -> None:
    images = torch.arange(1, 25, dtype=torch.uint8).view(2, 1, 3, 4)
    found = shifted(images)
    assert torch.equal(found[..., 1:], images[..., :-1])
    assert not found[..., 0].any()


def test_dimmed_images_have_nine_tenths_of_the_light() -> None:
    images = torch.tensor([0, 1, 10, 100, 255], dtype=torch.uint8).view(1, 1, 1, 5)
    assert dimmed(images, 0.9).flatten().tolist() == [0, 1, 9, 90, 230]


@pytest.mark.parametrize("height", [6, 7])
def test_halves_are_of_different_images_of_one_class_and_none_is_lost(height: int) -> None:
    """Pixels say which image they are of."""
    images = torch.arange(40, dtype=torch.uint8).view(40, 1, 1, 1).expand(40, 2, height, 5)
    labels = torch.randint(4, (40,), generator=torch.Generator().manual_seed(0))
    labels[17] = 9  # the only one of its class
    upper, lower = halves(images, labels).split([height // 2, height - height // 2], 2)
    assert torch.equal(upper, images[:, :, : height // 2])
    sources = lower[:, 0, 0, 0].long()
    assert torch.equal(lower, images[sources][:, :, height // 2 :])
    assert torch.equal(labels[sources], labels)
    assert sources.sort().values.tolist() == [*range(40)]
    assert (sources == torch.arange(40)).nonzero().flatten().tolist() == [17]
    assert images[:, 0, 0, 0].tolist() == [*range(40)]  # what was given is not changed


def test_garbage_has_the_images_moments(digits: Digits) -> None:
    images = digits.train.values
    garbage = gaussian_garbage(images, 2000, 50, torch.Generator().manual_seed(0))
    assert garbage.shape == (2000, 1, 28, 28)
    assert (garbage.double().mean(0) - images.double().mean(0)).abs().mean() < 12  # clipping moves the mean


def test_last_classes_are_dropped(digits: Digits) -> None:
    assert present(without_classes(digits.train, 4, 10).labels).unique().tolist() == [0, 1, 2, 3, 4, 5]


def report_of(name: str) -> dict[str, Any]:
    return json.loads((REFERENCE / f"{name}.json").read_text())


def accept(report: dict[str, Any], accuracy: float) -> None:
    """The acceptance figures of every extractor that was ever shipped."""
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
    assert steps["real"]["fid_per_trace"] < 0.015
    assert steps["garbage"]["precision_k3"] < 0.5
    assert report["accuracy"]["test"] >= accuracy


def test_report_of_the_oldest_extractor(composed: Compose) -> None:
    report = report_of("mnistcnn-v1")
    assert report["sha256"] == composed("metric=mnistcnn_v1")["metric"]["extractor"]["sha256"]
    accept(report, 0.985)


@pytest.mark.parametrize(
    ("metric", "name", "accuracy"), [("mnistcnn", "mnistcnn-v2", 0.995), ("fashioncnn", "fashioncnn-v1", 0.91)]
)
def test_reports_of_newer_ones(composed: Compose, metric: str, name: str, accuracy: float) -> None:
    report = report_of(name)
    assert report["sha256"] == composed(f"metric={metric}")["metric"]["extractor"]["sha256"]
    assert shortfalls(report, 0.9) == []
    accept(report, accuracy)
    steps = report["ladder"]
    assert steps["shifted"]["fid"] < 5
    assert steps["dimmed"]["fid"] < 5
    assert steps["halves"]["fid"] > 15
    assert not report["commit"].endswith("dirty")


def test_what_the_oldest_one_does_not_tell_apart() -> None:
    """It is worse for digits dimmed by 10 % than for halves of different digits."""
    beside = report_of("mnistcnn-v2")["beside"]["mnistcnn-v1"]
    assert beside["sha256"] == report_of("mnistcnn-v1")["sha256"]
    steps = beside["ladder"]
    for rung, values in report_of("mnistcnn-v1")["ladder"].items():
        if rung != "checks":
            assert steps[rung] == pytest.approx(values, rel=1e-3, abs=2e-3)
    assert steps["shifted"]["fid"] > steps["halves"]["fid"]
    assert steps["dimmed"]["fid"] > steps["halves"]["fid"]


@pytest.mark.parametrize("name", ["mnistcnn-v1", "mnistcnn-v2"])
def test_another_seed_gives_the_same_order_and_almost_the_same_values(name: str) -> None:
    one, two = report_of(name)["ladder"], report_of(f"{name}-seed1")["ladder"]
    assert rank_correlation(one, two) >= 0.97
    for rung in set(one) - {"checks"}:
        assert two[rung]["fid_per_trace"] == pytest.approx(one[rung]["fid_per_trace"], rel=0.4)


def test_the_second_seed_says_how_alike_it_ranks() -> None:
    two = report_of("mnistcnn-v2-seed1")
    beside = two["beside"]["mnistcnn-v2"]
    assert beside["sha256"] == report_of("mnistcnn-v2")["sha256"]
    assert beside["rank_correlation"] == pytest.approx(rank_correlation(two["ladder"], beside["ladder"]))
    accept(two, 0.995)


@pytest.mark.parametrize(
    ("name", "classifier", "fails"),
    [("mnistviews-v1", "mnistcnn-v2", "garbage"), ("fashionviews-v1", "fashioncnn-v1", "")],
)
def test_without_labels_it_ranks_as_the_classifier_does(name: str, classifier: str, fails: str) -> None:
    report = report_of(name)
    beside = report["beside"]
    assert beside[classifier]["sha256"] == report_of(classifier)["sha256"]
    own, untrained = (
        rank_correlation(steps, beside[classifier]["ladder"])
        for steps in (report["ladder"], beside["random-v1"]["ladder"])
    )
    assert own > untrained + 0.1
    text = " ".join(README.read_text().split())
    assert all(
        f"{found:.2f}".removeprefix("0") in text.partition("Images without labels")[2] for found in (own, untrained)
    )
    assert shortfalls(report, 0.9) == report["falls_short"]
    assert all(fails and fails in clause for clause in report["falls_short"])
    assert "accuracy" not in report
    assert not report["commit"].endswith("dirty")


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.parametrize(("metric", "least"), [("mnistcnn_v1", 0.98), ("mnistcnn", 0.99)])
def test_the_report_can_be_had_again(composed: Compose, mnist_root: Path, metric: str, least: float) -> None:
    data: MNIST = build(composed("data=mnist")["data"], "data")
    data.setup()
    extractor = build(composed(f"metric={metric}")["metric"]["extractor"], "extractor")
    report = report_of(extractor.name)
    assert accuracy(extractor, data.test.subset(slice(500))) > least
    images = rungs(data, seed=0)
    reference = features(extractor, quantised(data.validation, 3000))
    for rung in {"real", "noise_0.05", "blur_3", "garbage", "shifted", "halves"} & {*report["ladder"]}:
        found = measures(reference, features(extractor, images[rung]))
        assert found == pytest.approx(report["ladder"][rung], rel=1e-3, abs=2e-3)


class Squares(DataModule):
    """Images of 4x4 pixels in six classes: a bright pixel at the place of the class, in noise."""

    def load(self) -> tuple[Samples, Samples, Samples]:
        return self.part(60), self.part(95), self.part(20)

    def part(self, n: int) -> Samples:
        labels = torch.arange(n) % 6
        values = torch.randint(100, (n, 1, 4, 4), generator=torch.Generator().manual_seed(n))
        values.view(n, -1)[torch.arange(n), labels] += 150
        return Samples(values.to(torch.uint8), labels)


class Pixels(Extractor):
    """The pixels are the features, and beside them two that are the same for all images."""

    def __init__(self) -> None:
        super().__init__(name="pixels")

    @property
    def digest(self) -> str:
        return "none"

    def adapt(self, channels: int, height: int, width: int) -> None:
        pass

    def _extract(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        return F.pad(images.flatten(1), (0, 2), value=0.5), None


@pytest.fixture
def squares() -> Squares:
    data = Squares(shape=(1, 4, 4), num_classes=6, batch_size=5, seed=0, split_seed=0)
    data.setup()
    return data


def test_noise_is_added_and_clipped() -> None:
    grey = torch.tensor([0, 128, 255], dtype=torch.uint8).view(1, 1, 1, 3).expand(2000, 1, 1, 3)
    noisy = with_noise(grey, 0.1, torch.Generator().manual_seed(0))[:, 0, 0].double()
    assert noisy[:, 1].mean().item() == pytest.approx(128, abs=2)
    assert (noisy[:, 0] == 0).double().mean().item() == pytest.approx(0.5, abs=0.05)
    assert (noisy[:, 2] == 255).double().mean().item() == pytest.approx(0.5, abs=0.05)
    assert torch.equal(with_noise(grey, 0.0, torch.Generator()), grey)


@pytest.mark.parametrize("width", [4, 50])
def test_garbage_of_images_along_a_line_stays_on_it(width: int) -> None:
    """Both ways to the principal components: of few pixels and of many."""
    sign = torch.where(torch.arange(width * width) % 2 == 0, 1, -1).view(1, width, width)
    t = torch.randn(300, 1, 1, 1, generator=torch.Generator().manual_seed(1)).clamp(-3, 3)
    images = (100 + 20 * t * sign).round().to(torch.uint8)
    drawn = gaussian_garbage(images, 2000, 1, torch.Generator().manual_seed(2)).double()
    assert drawn.shape == (2000, 1, width, width)
    along = (drawn - 100) * sign
    assert along.mean().item() == pytest.approx((t * 20).mean().item(), abs=1.5)
    assert along[:, 0, 0, 0].std().item() == pytest.approx(20 * t.std().item(), rel=0.06)
    assert (along - along[:, :, :1, :1]).abs().max() <= 2  # rounding


def test_garbage_has_so_many_components() -> None:
    images = torch.randint(60, 200, (200, 1, 4, 4), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    for components in (2, 5):
        drawn = gaussian_garbage(images, 500, components, torch.Generator().manual_seed(1)).flatten(1).double()
        spread = torch.linalg.svdvals(drawn - drawn.mean(0)) / 500**0.5
        assert (spread > 20).sum() == components
        assert spread[components] < 1  # rounding
        exact = torch.linalg.eigvalsh(images.flatten(1).double().T.cov()).flip(0)[:components].sqrt()
        torch.testing.assert_close(spread[:components], exact, rtol=0.15, atol=0)


def test_each_rung_has_as_many_images_from_outside_the_reference(squares: Squares) -> None:
    n = size(squares)
    assert n == 31
    images = rungs(squares, seed=0)
    values, labels = squares.validation.values, present(squares.validation.labels)
    assert {*images} == {
        *("real", "garbage", "shifted", "dimmed", "halves"),
        *("noise_0.05", "noise_0.1", "noise_0.2", "noise_0.4", "blur_3", "blur_5"),
        *(f"dropped_{number}" for number in range(1, 6)),
    }
    assert torch.equal(images["real"], values[31:62])
    assert torch.equal(images["blur_5"], blurred(values[31:62], 5))
    assert torch.equal(images["dropped_2"], values[31:][labels[31:] < 4][:31])
    fewer = {name: len(one) for name, one in images.items() if len(one) != 31}
    assert fewer == {"dropped_4": 21, "dropped_5": 10}
    assert torch.equal(images["shifted"], shifted(values[31:62]))
    assert torch.equal(images["dimmed"], dimmed(values[31:62], 0.9))
    assert torch.equal(images["halves"], halves(values[31:62], labels[31:62]))
    noise = [(images[f"noise_{std}"].double() - values[31:62]).abs().mean() for std in (0.05, 0.1, 0.2, 0.4)]
    assert noise == sorted(noise)
    assert torch.equal(images["garbage"], rungs(squares, seed=0)["garbage"])
    assert not torch.equal(images["garbage"], rungs(squares, seed=1)["garbage"])
    squares.num_classes = 3
    assert [name for name in rungs(squares, seed=0) if name.startswith("dropped")] == ["dropped_1", "dropped_2"]


def test_the_size_of_a_rung_is_a_third_of_the_images_but_at_most_3000(squares: Squares) -> None:
    squares.validation = Samples(torch.zeros(9_300, 1, 1, 1, dtype=torch.uint8))
    assert size(squares) == 3000
    squares.validation = squares.validation.subset(slice(8_999))
    assert size(squares) == 2999


def test_features_are_computed_in_parts_and_in_order() -> None:
    images = torch.arange(1201).remainder(256).to(torch.uint8).view(-1, 1, 1, 1)
    assert torch.equal(features(Pixels(), images), Pixels()(images))


def test_measures_of_shifted_features_are_known() -> None:
    reference = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    found = measures(reference, reference + torch.tensor([30.0, 0.0, 0.0]))
    assert found["fid"] == pytest.approx(900, rel=1e-3)
    assert found["fid_per_trace"] == pytest.approx(900 / reference.var(0).sum().item(), rel=1e-3)
    assert (found["precision_k3"], found["recall_k3"]) == (0, 0)
    same = measures(reference, reference)
    assert same["fid"] == pytest.approx(0, abs=1e-3)
    assert (same["precision_k3"], same["recall_k3"]) == (1, 1)
    few = measures(reference, reference[:20])
    assert few["precision_k3"] == 1
    assert few["recall_k3"] < 1


def test_the_ladder_measures_every_rung_and_says_whether_it_rises(squares: Squares) -> None:
    found = ladder(Pixels(), squares)
    reference = features(Pixels(), squares.validation.values[:31])
    images = rungs(squares, seed=0)
    assert [*found] == [*images, "checks"]
    for rung, spoilt in images.items():
        assert found[rung] == measures(reference, features(Pixels(), spoilt))
    checks = found["checks"]
    assert (checks["n"], checks["dead"]) == (31, pytest.approx(2 / 18))
    for kind, names in LADDERS.items():
        heights = [found[name]["fid"] for name in names]
        assert checks[f"{kind}_rises"] == all(low < high for low, high in pairwise(heights))
    assert checks["noise_rises"]
