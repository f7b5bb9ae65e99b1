from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

import pytest
import torch
from torch import Tensor

from gan_lab.data.ring import Ring
from gan_lab.metric.base import Split
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.prdc import PRDC

CPU = torch.device("cpu")


@pytest.fixture(scope="session")
def ring() -> Ring:
    data = Ring(shape=(2,), num_classes=8, batch_size=64, seed=0, split_seed=0)
    data.setup()
    return data


class MakeMeasure(Protocol):
    def __call__(
        self, extractor: Extractor | None = None, split: Split = "validation", batch_size: int = 100
    ) -> FeatureMeasure: ...


@pytest.fixture
def make_measure(tmp_path: Path) -> MakeMeasure:
    """make_measure(extractor=..., split=...): the house's measure with a cache of its own."""

    def make(extractor: Extractor | None = None, split: Split = "validation", batch_size: int = 100) -> FeatureMeasure:
        return FeatureMeasure(
            extractor=extractor or RandomFeatures(name="random-v1", seed=0),
            metrics={"frechet": FrechetDistance(), "pr": PRDC(k=3), "kernel": KernelDistance()},
            while_training=["frechet", "pr"],
            monitor="fid",
            split=split,
            batch_size=batch_size,
            cache_dir=str(tmp_path / "cache"),
        )

    return make


@contextmanager
def counted(extractor: Extractor) -> Iterator[list[int]]:
    """Collects the sizes of the batches that the extractor is given."""
    sizes: list[int] = []
    extract = extractor.extract

    def counting(images: Tensor) -> tuple[Tensor, Tensor | None]:
        sizes.append(len(images))
        return extract(images)

    with patch.object(extractor, "extract", counting):
        yield sizes
