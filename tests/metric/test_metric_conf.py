import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.data.digits import Digits
from gan_lab.data.ring import Ring
from gan_lab.data.samples import Samples
from gan_lab.errors import GanLabError
from gan_lab.metric.base import Evaluator
from gan_lab.trust.targets import CONF_DIR
from tests.fixtures import Compose
from tests.metric.conftest import CPU

NEED_A_FILE = {"inception", "vgg16", "dinov2_vits14", "dinov2_vitb14", "dinov2_vitl14"}
NEED_COLOUR = {"stacked"}
NEED_A_NAME = {"trained"}
NAMES = sorted(
    {path.stem for path in Path(CONF_DIR, "metric").glob("*.yaml")} - NEED_A_FILE - NEED_COLOUR - NEED_A_NAME
)


@pytest.fixture
def built(composed: Compose, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Evaluator]:
    monkeypatch.setenv("GAN_LAB_CACHE", str(tmp_path / "cache"))

    def make(*overrides: str) -> Evaluator:
        return build(composed(*overrides)["metric"], "metric")

    return make


@pytest.mark.parametrize("name", NAMES)
def test_every_config_measures(
    built: Callable[..., Evaluator], digits: Digits, ring: Ring, name: str, tmp_path: Path
) -> None:
    measure = built(f"metric={name}")
    data = ring if name == "points" else digits
    measure.prepare(data, 100, 0, CPU)
    for samples in (data.test, data.validation):
        measure.update(samples.batch(torch.arange(100)).images)
        values = measure.compute(final=True)
        assert measure.monitor in values
        assert values.keys() <= measure.floor().keys()  # real samples have labels, so they have components too
    assert values[measure.monitor] == pytest.approx(0.0, abs=1e-2)
    assert measure.protocol()["split"] == "validation"
    if name in ("mnistcnn", "random", "pixels"):
        assert list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize("name", sorted(NEED_A_FILE))
def test_what_must_be_fetched_is_named(built: Callable[..., Evaluator], name: str) -> None:
    with pytest.raises(GanLabError, match=r"metric\.extractor\.weights.*\.pth"):
        built(f"metric={name}")


class Stacked(DataModule):
    """What `data=stacked_mnist` is, without MNIST."""

    content = "stacked handwritten digits"

    def load(self) -> tuple[Samples, Samples, Samples]:
        raise NotImplementedError


def test_stacked_digits_are_measured(built: Callable[..., Evaluator], digits: Digits) -> None:
    three = Stacked(shape=(3, 28, 28), num_classes=1000, batch_size=64, seed=0, split_seed=0)
    for part in ("train", "validation", "test"):
        one = getattr(digits, part)
        setattr(three, part, Samples(torch.cat([one.values, one.values.roll(1, 0), one.values.roll(2, 0)], 1), None))
    measure = built("metric=stacked")
    measure.prepare(three, 100, 0, CPU)
    measure.update(three.test.batch(torch.arange(100)).images)
    values = measure.compute(final=True)
    assert 70 <= values["classes_covered"] <= 100
    assert values["class_kl"] == pytest.approx(math.log(10), abs=0.2)  # 100 of 1,000 modes


def test_default_measures_during_training(built: Callable[..., Evaluator]) -> None:
    assert built().monitor == "fid"
    assert built("data=ring").monitor == "emd"


def test_values_of_a_wrong_kind_are_refused(built: Callable[..., Evaluator]) -> None:
    with pytest.raises(GanLabError, match=r"metric\.split"):
        built("metric.split=train")
    with pytest.raises(GanLabError, match=r"metric\.metrics\.prdc\.k"):
        built("metric.metrics.prdc.k=three")
    with pytest.raises(GanLabError, match="states 123"):
        built("metric.extractor.sha256='123'")
