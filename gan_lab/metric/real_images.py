"""Real images, quantised like generated ones."""

import torch
from jaxtyping import UInt8
from torch import Tensor

from gan_lab.data.base import Samples
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8

CHUNK = 1000
"""The number of images in float32 at a time."""


def quantised(samples: Samples, n: int) -> UInt8[Tensor, "n c h w"]:
    """Returns the first n images (all, if they are fewer) after the preprocessing of training and `to_uint8`."""
    if samples.values.dtype == torch.uint8:
        return samples.values[:n]  # the preprocessing and `to_uint8` are the inverse of each other
    chunks = torch.arange(min(n, len(samples))).split(CHUNK)
    return torch.cat([to_uint8(samples.batch(chunk).images) for chunk in chunks])


def image_shape(samples: Samples) -> tuple[int, int, int]:
    """Returns (channels, height, width). Raises GanLabError for points."""
    shape = samples.values.shape[1:]
    if len(shape) != 3:
        raise GanLabError(f"this metric is for images, not for data of shape {list(shape)}: use metric=points")
    channels, height, width = shape
    return channels, height, width
