"""Both floors of an evaluation, where test images are shifted by a known amount."""

import json
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.data.digits import Digits
from gan_lab.data.folder import Folder
from gan_lab.data.mnist import MNIST
from gan_lab.data.ring import Ring
from gan_lab.data.stacked_mnist import StackedMNIST
from gan_lab.evaluate.__main__ import USED
from gan_lab.evaluate.run import evaluate
from gan_lab.evaluate.validation_floor import has_second, validation_floor
from gan_lab.extractor.ship import usual
from gan_lab.metric.base import Split
from gan_lab.metric.class_balance import ClassBalance
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.pixels import PixelFeatures
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.real_fake import RealFakeMetric
from gan_lab.metric.shipped import shipped_with
from gan_lab.metric.two_floors import FLOOR, WHY, titled
from gan_lab.runs.cache import TensorCache
from gan_lab.trust.places import missing_files
from tests.evaluate.shifted import SHIFT, Brightness, N, OfOnePool, Shares, Shifted, uint8

CPU = torch.device("cpu")
SPLITS: tuple[Split, Split] = ("test", "validation")


def measure_of(folder: Path, split: Split, extractor: Extractor, *metrics: RealFakeMetric) -> FeatureMeasure:
    return FeatureMeasure(
        extractor=extractor,
        metrics={"frechet": FrechetDistance(), **{type(metric).__name__: metric for metric in metrics}},
        while_training=["frechet"],
        monitor="fid",
        split=split,
        batch_size=50,
        cache_dir=str(folder / "cache"),
    )


def both_floors(
    folder: Path, data: DataModule, extractors: list[Extractor], metrics: list[RealFakeMetric]
) -> list[dict[str, float]]:
    """The floors by two measures, each with an extractor and a metric of its own."""
    data.setup()
    first, other = (
        measure_of(folder, split, extractor, metric)
        for split, extractor, metric in zip(SPLITS, extractors, metrics, strict=True)
    )
    first.prepare(data, len(data.test), 0, CPU)
    return [first.floor(), {**validation_floor(other, data, first.n, 0, CPU).values}]


def unbiased_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """KID by its definition, one pair after the other."""
    kernel = lambda a, b: (float(a @ b) / len(a) + 1) ** 3
    within = [np.mean([kernel(a, b) for i, a in enumerate(z) for j, b in enumerate(z) if i != j]) for z in (x, y)]
    return float(sum(within) - 2 * np.mean([kernel(a, b) for a in x for b in y]))


def test_the_floors_differ_by_the_shift_between_the_sets(tmp_path: Path) -> None:
    """Equal covariances: FID is the squared distance of the means, in units of the mean variance of a pixel."""
    data = Shifted()
    pixels, kernels = [PixelFeatures(), PixelFeatures()], [KernelDistance(), KernelDistance()]
    test, validation = both_floors(tmp_path, data, [*pixels], [*kernels])
    train = uint8(data.train).double().numpy() / 255
    variance = train.var(0, ddof=1).mean()
    known = (SHIFT.double().numpy() / 255) ** 2
    assert validation["fid"] == pytest.approx(0.0, abs=1e-6)
    assert test["fid"] - validation["fid"] == pytest.approx(known.sum() / variance, rel=1e-4)
    features = (train - train.mean(0)) / variance**0.5
    shifted = features + SHIFT.double().flatten().numpy() / 255 / variance**0.5
    assert test["kid"] == pytest.approx(unbiased_mmd(shifted, features), rel=1e-4)
    assert validation["kid"] == pytest.approx(unbiased_mmd(features, features), rel=1e-4)
    assert test["kid"] > validation["kid"]


def test_class_balance_has_both_floors(tmp_path: Path) -> None:
    """KL((1/2, 1/2) || (3/4, 1/4)) = log(2 / sqrt(3)), and a total variation of 1/4."""
    greys, shares = [Brightness(), Brightness()], [ClassBalance(), ClassBalance()]
    test, validation = both_floors(tmp_path, Shares(), [*greys], [*shares])
    assert test["class_kl"] == pytest.approx(log(2 / 3**0.5))
    assert test["class_tv"] == pytest.approx(0.25)
    assert (validation["class_kl"], validation["class_tv"]) == (0.0, 0.0)


def test_a_second_floor_of_fewer_images_says_so(tmp_path: Path) -> None:
    data = Shifted(validation_images=20)
    data.setup()
    found = validation_floor(measure_of(tmp_path, "validation", PixelFeatures()), data, N, 0, CPU)
    assert found.protocol["reference_n"] == found.protocol["floor_n"] == 20
    assert found.sentence.startswith(WHY)
    assert f"of 20 samples, since there are no more for validation, and real (test) of {N}" in found.sentence
    assert found.values["fid"] > 0, "20 training images are others than the 20 validation images"
    alone = Shifted(validation_images=1)
    alone.setup()
    none = validation_floor(measure_of(tmp_path, "validation", PixelFeatures()), alone, N, 0, CPU)
    assert not none.values
    assert "no second floor" in none.sentence
    assert f"only 1 of {N} validation samples" in none.sentence


def test_data_of_one_pool_and_comparisons_with_validation_images_have_one_floor() -> None:
    assert {kind: kind.one_pool for kind in (MNIST, StackedMNIST, Digits, Folder, Ring, Shifted)} == {
        **dict.fromkeys((MNIST, StackedMNIST, Shifted), False),
        **dict.fromkeys((Digits, Folder, Ring), True),
    }
    assert has_second("test", Shifted())
    assert not has_second("validation", Shifted())
    assert not has_second("test", OfOnePool())
    assert titled({"fid": 1.0}, {}) == {FLOOR: {"fid": 1.0}}
    assert [*titled({"fid": 1.0}, {"fid": 2.0}, "validation")] == ["real (validation)", "real (test)"]


@pytest.mark.parametrize("kind", [Shifted, OfOnePool])
def test_an_evaluation_writes_and_prints_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: type[Shifted]
) -> None:
    np.save(tmp_path / "images.npy", uint8(loaded(kind).train).view(N, 4, 4)[:60].numpy())
    chosen = (f"images={tmp_path}/images.npy", "metric=pixels", "device=cpu", f"run_dir={tmp_path}/run")
    config = compose_config("data=digits", *chosen, f"metric.cache_dir={tmp_path}/cache", root="evaluate", keys=[*USED])
    config["data"] = {"_target_": f"{kind.__module__}.{kind.__name__}"}
    evaluate(config, [], "shifted")
    record = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    page, printed = (tmp_path / "run" / "measures.md").read_text(), " ".join(capsys.readouterr().out.split())
    floor, second = record["measures"]["floor"], record["measures"]["floor_validation"]
    if kind is OfOnePool:
        assert second == record["floor_validation_protocol"] == {}
        assert "real (floor)" in page
        assert "real (floor)" in printed
        assert "two floors" not in page + printed
        return
    assert second.keys() >= {"fid", "kid"}
    assert second["fid"] < floor["fid"]
    assert record["protocol"]["split"] == "test"
    stated = record["floor_validation_protocol"]
    assert stated.items() - record["protocol"].items() == {
        ("split", "validation"),
        ("reference_sha256", stated["reference_sha256"]),
    }
    assert f"| {floor['fid']:.4g} | {second['fid']:.4g} |" in page
    assert WHY in page
    assert WHY in printed
    assert "real (test) real (validation)" in printed


def loaded(kind: type[DataModule]) -> DataModule:
    data = kind()  # type: ignore[call-arg]
    data.setup()
    return data


@pytest.mark.mnist
@pytest.mark.parametrize(("dataset", "metric"), [("mnist", "mnistcnn"), ("fashion_mnist", "fashioncnn")])
def test_the_second_floor_of_usual_data_comes_with_gan_lab(
    tmp_path: Path, mnist_root: Path, dataset: str, metric: str
) -> None:
    """So that no first evaluation waits for it."""
    if missing_files(mnist_root, {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}[dataset]):
        pytest.skip(f"needs GAN_LAB_DATA to point to {dataset}")
    *_, (config, n) = usual(metric, dataset)
    measure: FeatureMeasure = build(config["metric"] | {"split": "validation"}, "metric")
    measure.cache = TensorCache(tmp_path / "cache", shipped_with(measure.extractor.name))
    data = build(config["data"], "data")
    data.setup()
    found = validation_floor(measure, data, n, 0, CPU)
    assert found.values.keys() >= {"fid", "kid"}
    assert found.sentence == WHY
    assert not measure.cache.folder.exists(), "something was computed"
