from pathlib import Path

import pytest
import torch

from gan_lab.build import build
from gan_lab.conf_dir import CONF_DIR
from gan_lab.errors import GanLabError
from gan_lab.metric.base import Measure
from tests.metric.conftest import CPU

NAMES = sorted(path.stem for path in Path(CONF_DIR, "metric").glob("*.yaml"))


@pytest.fixture
def built(composed, monkeypatch, tmp_path):
    monkeypatch.setenv("GAN_LAB_CACHE", str(tmp_path / "cache"))

    def make(*overrides) -> Measure:
        return build(composed(*overrides)["metric"], "metric")

    return make


@pytest.mark.parametrize("name", NAMES)
def test_every_config_measures(built, digits, ring, name, tmp_path):
    measure = built(f"metric={name}")
    data = ring if name == "points" else digits
    measure.prepare(data, 100, 0, CPU)
    for samples in (data.test, data.validation):
        measure.update(samples.batch(torch.arange(100)).images)
        values = measure.compute(final=True)
        assert measure.monitor in values
        assert values.keys() == measure.floor().keys()
    assert values[measure.monitor] == pytest.approx(0.0, abs=1e-2)
    assert measure.protocol()["split"] == "validation"
    if name in ("mnistcnn", "random", "pixels"):
        assert list((tmp_path / "cache").iterdir())


def test_default_measures_during_training(built):
    assert built().monitor == "fid"
    assert built("data=ring").monitor == "emd"


def test_values_of_a_wrong_kind_are_refused(built):
    with pytest.raises(GanLabError, match=r"metric\.split"):
        built("metric.split=train")
    with pytest.raises(GanLabError, match=r"metric\.metrics\.precision_recall\.k"):
        built("metric.metrics.precision_recall.k=three")
    with pytest.raises(GanLabError, match="pins 123"):
        built("metric.extractor.sha256='123'")
