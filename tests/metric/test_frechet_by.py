from pathlib import Path

import pytest
import torch

from gan_lab.data.digits import Digits
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.pixels import PixelFeatures
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.frechet_by import FrechetBy
from tests.metric.conftest import CPU


def measured(digits: Digits, folder: Path, extractor: Extractor, *others: RandomFeatures) -> dict[str, float]:
    """FID of dimmed training images, by an extractor and by others beside it."""
    measure = FeatureMeasure(
        extractor=extractor,
        metrics={"frechet": FrechetDistance()} | {one.name: FrechetBy(extractor=one, batch_size=60) for one in others},
        while_training=["frechet"],
        monitor="fid",
        split="validation",
        batch_size=100,
        cache_dir=str(folder),
    )
    measure.prepare(digits, 150, 0, CPU)
    stated = measure.protocol()  # which a run states before it measures anything
    assert [stated[f"fid_{one.name.replace('-', '_')}_weights"] for one in others] == [
        f"seed {one.seed}" for one in others
    ]
    measure.update(digits.train.batch(torch.arange(150)).images * 0.8 - 0.2)
    found = measure.compute(final=True)
    return found | {f"floor of {key}": value for key, value in measure.floor().items()}


def random() -> RandomFeatures:
    return RandomFeatures(name="random-v1", seed=0)


def test_it_is_the_fid_of_that_extractor_whichever_measures_the_rest(digits: Digits, tmp_path: Path) -> None:
    found = measured(digits, tmp_path, PixelFeatures(), random())
    alone = measured(digits, tmp_path, random())
    for key in ("fid", "floor of fid"):
        assert found[f"{key}_random_v1"] == pytest.approx(alone[key], rel=1e-5)
        assert found[f"{key}_random_v1"] != pytest.approx(found[key], rel=0.1)


def test_other_weights_of_the_same_name_find_nothing_of_the_first_in_the_cache(digits: Digits, tmp_path: Path) -> None:
    pixels = PixelFeatures()
    one = measured(digits, tmp_path, pixels, random())
    other = measured(digits, tmp_path, pixels, RandomFeatures(name="random-v1", seed=1))
    assert other["floor of fid_random_v1"] != one["floor of fid_random_v1"]


def test_features_without_images_are_refused() -> None:
    features = Features(torch.randn(20, 3))
    with pytest.raises(ValueError, match="needs images"):
        FrechetBy(extractor=random()).set_reference(Reference(features))
