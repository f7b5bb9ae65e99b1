"""What comes with an extractor is what anybody would compute of the real images."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.data.loading import load_data
from gan_lab.extractor.ship import is_kept, usual
from gan_lab.metric.alpha_precision import AlphaPrecision
from gan_lab.metric.class_balance import ClassBalance
from gan_lab.metric.class_distances import ClassDistances
from gan_lab.metric.copying import Copying
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.features import Features
from gan_lab.metric.frechet import FrechetDistance, frechet_distance, moments
from gan_lab.metric.frechet_infinity import FrechetInfinity
from gan_lab.metric.inception_score import InceptionScore
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.likelihood import FeatureLikelihood
from gan_lab.metric.permutation import PermutationTest
from gan_lab.metric.prdc import PRDC
from gan_lab.metric.real_fake import RealFakeMetric
from gan_lab.metric.shipped import FOLDER, shipped_with
from gan_lab.runs.cache import TensorCache
from gan_lab.trust.places import missing_files
from tests.metric.conftest import CPU

MEASURES = {"mnist": ("mnistcnn", "mnistcnn-v2"), "fashion_mnist": ("fashioncnn", "fashioncnn-v1")}
"""The measure of each data set, and its extractor."""
MOST_BYTES = 4_000_000
SOURCES = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}
TRAINING, AFTERWARDS = 0, 1
"""The evaluations while training, and those of `evaluate`."""


@pytest.fixture
def measured(tmp_path: Path, mnist_root: Path) -> Callable[[str, int], tuple[FeatureMeasure, DataModule]]:
    """The default measure of one of two kinds of evaluation of data, with a new cache."""

    def make(dataset: str, kind: int) -> tuple[FeatureMeasure, DataModule]:
        metric, extractor = MEASURES[dataset]
        config, n = [*usual(metric, dataset)][kind]
        measure: FeatureMeasure = build(config["metric"], "metric")
        measure.cache = TensorCache(tmp_path / "cache", shipped_with(extractor))
        data = load_data(config["data"])
        measure.prepare(data, n, 0, CPU)
        return measure, data

    return make


def test_a_file_is_small_and_of_one_extractor() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {extractor for _, extractor in MEASURES.values()}
    assert all(path.stat().st_size <= MOST_BYTES for path in FOLDER.iterdir())
    assert shipped_with("../measured/mnistcnn-v2") is None
    assert shipped_with("random-v1") is None


@pytest.mark.mnist
@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("kind", [TRAINING, AFTERWARDS])
def test_the_floors_of_usual_data_are_there_at_once(
    measured: Callable, mnist_root: Path, dataset: str, kind: int
) -> None:
    if missing_files(mnist_root, SOURCES[dataset]):
        pytest.skip(f"needs GAN_LAB_DATA to point to {dataset}")
    measure, _ = measured(dataset, kind)
    floor = measure.floor()
    assert floor.keys() == {key for name in measure.metrics for key in measure.metrics[name].keys} - {*measure.left_out}
    assert not measure.cache.folder.exists(), "something was computed"
    assert "classes_covered" in floor


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.parametrize("kind", [TRAINING, AFTERWARDS])
def test_moments_and_floor_of_mnist_are_those_of_its_images(measured: Callable, kind: int) -> None:
    """A relative 1e-5 in FID: what rounding in float32 leaves, on another processor too."""
    measure, data = measured("mnist", kind)
    metric = measure.metrics["frechet"]
    assert isinstance(metric, FrechetDistance)
    measure.get_ready()
    computed = moments(measure.reference.features)
    torch.testing.assert_close(metric.centre, computed["centre"], rtol=0, atol=1e-5)
    train = measure.extract(data.train.values[: measure.n])
    some = train.features[:2000].double()
    shipped, own = (
        frechet_distance(centre, factor, some.mean(0), some.T.cov()).item()
        for centre, factor in ((metric.centre, metric.factor), (computed["centre"], computed["factor"]))
    )
    assert shipped == pytest.approx(own, rel=1e-5)
    metric.centre, metric.factor = computed["centre"], computed["factor"]
    assert measure.floor()["fid"] == pytest.approx(metric.of(Features(train.features))["fid"], rel=1e-5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PRDC(), PRDC(k=4)),
        (PRDC(), PRDC(density_k=4)),
        (FrechetInfinity(), FrechetInfinity(sizes=5)),
        (FrechetInfinity(), FrechetInfinity(subsets=14)),
        (AlphaPrecision(), AlphaPrecision(k=1)),
        (ClassDistances(), ClassDistances(least_images=50)),
        (Copying(), Copying(train_images=49_999)),
        (FeatureLikelihood(), FeatureLikelihood(train_images=49_999)),
        (PermutationTest(), PermutationTest(permutations=99)),
        (InceptionScore(), InceptionScore(splits=9)),
        (ClassBalance(), ClassBalance(against="uniform")),
        (FrechetDistance(), FrechetInfinity()),
        (KernelDistance(), KernelDistance(chunk=100)),
    ],
)
def test_floors_of_other_settings_are_others(one: RealFakeMetric, other: RealFakeMetric) -> None:
    assert one.identity != other.identity
    assert one.identity == type(one)().identity


def test_another_version_of_a_metric_has_another_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    before = FrechetDistance().identity
    monkeypatch.setattr(FrechetDistance, "version", 2)
    assert FrechetDistance().identity != before


def test_features_are_never_shipped_and_of_other_images_little_is() -> None:
    kinds = [
        "seen",
        "head",
        "near 1 5",
        "moments 1",
        "radii 1 (3, 5)",
        "copying, cells 1, 3 of 64 components",
        "floor of PRDC 1 {}",
    ]
    assert [kind for kind in kinds if is_kept(kind, fits=True)] == kinds[3:]
    assert [kind for kind in kinds if is_kept(kind, fits=False)] == ["moments 1", "floor of PRDC 1 {}"]
