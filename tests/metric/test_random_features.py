"""Features of an untrained network tell better images from worse ones, whatever their size and channels."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from jaxtyping import UInt8
from torch import Tensor

from gan_lab.data.digits import Digits
from gan_lab.extractor.ladder import blurred, with_noise
from gan_lab.metric.extractor.base import affine_head
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance

N = 400


def shaped(images: UInt8[Tensor, "n 1 28 28"], shape: tuple[int, int, int]) -> UInt8[Tensor, "n c h w"]:
    """The images in another size and, for three channels, each in a colour of its own on another one."""
    channels, *size = shape
    large = F.interpolate(images.float(), size=size, mode="bilinear", antialias=True)
    if channels == 3:
        colours = torch.rand(2, len(images), 3, 1, 1, generator=torch.Generator().manual_seed(len(images)))
        large = large * colours[0] + (255 - large) * colours[1]
    return large.round().to(torch.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 40, 50), (3, 64, 64), (1, 9, 31)])
def test_fid_rises_with_noise_blur_and_missing_classes(digits: Digits, shape: tuple[int, int, int]) -> None:
    extractor = RandomFeatures(name="random-v1", seed=0)
    extractor.adapt(*shape)
    real = shaped(digits.train.values[:N], shape)
    extractor.set_head(*affine_head(extractor(real)))
    metric = FrechetDistance()
    metric.set_reference(Reference(Features(extractor(real))))

    def fid(images: Tensor) -> float:
        return metric.of(Features(extractor(images)))["fid"]

    assert digits.validation.labels is not None
    other = shaped(digits.validation.values, shape)
    random = torch.Generator().manual_seed(0)
    noisy = [fid(other), *(fid(with_noise(other, std, random)) for std in (0.1, 0.3))]
    blurry = [fid(other), *(fid(blurred(other, size)) for size in (3, 5))]
    missing = [fid(other), *(fid(other[digits.validation.labels < kept]) for kept in (6, 2))]
    for values in (noisy, blurry, missing):
        assert all(low < high for low, high in pairwise(values)), values
