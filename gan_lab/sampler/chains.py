"""Pictures of the path of samples whose codes a sampler moves."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from gan_lab.images import enlarge, grid, to_pil
from gan_lab.point_pictures import ways
from gan_lab.sampler.context import SamplingContext
from gan_lab.types import Latent


def chains_picture(context: SamplingContext, path: Sequence[Latent]) -> Image.Image:
    """Returns a picture of the averaged generator's samples along a path of codes, as `sequence_picture` draws it.

    `path` is a `SampleResult.path` that is not empty, and `context` is that of the sampler.
    """
    with context.evaluating():
        return sequence_picture(torch.stack([context.images(latent) for latent in path]))


def sequence_picture(x: Float[Tensor, " steps n *shape"]) -> Image.Image:
    """Returns a picture of n samples over the steps: a row of images, or a line through points, for each sample."""
    if x.ndim == 3:
        return ways(x)
    return enlarge(to_pil(grid(x.transpose(0, 1).flatten(0, 1), columns=len(x))))
