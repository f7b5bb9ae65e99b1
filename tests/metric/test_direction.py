"""Which side of a measure is the better one, asked of the measures themselves."""

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.digits import Digits
from gan_lab.metric.direction import direction
from tests.fixtures import Compose


@pytest.mark.parametrize("worse", ["grey", "noise"])
def test_real_images_are_on_the_better_side_of_worse_ones(digits: Digits, composed: Compose, worse: str) -> None:
    measure = build(composed("data=digits")["metric"], "metric")
    measure.prepare(digits, 100, seed=1, device=torch.device("cpu"))
    grey = torch.zeros_like(digits.train.batch(torch.arange(100)).images)
    noise = torch.rand(grey.shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    measure.update(noise if worse == "noise" else grey)
    found, floor = measure.compute(final=True), measure.floor()
    told = {name: direction(name) * (floor[name] - value) for name, value in found.items()}
    assert {name: by for name, by in told.items() if by < 0} == {}
    assert {name for name, by in told.items() if by > 0} > {"fid", "kid", "recall_k3", "inception_score", "class_kl"}
