"""Pictures of samples on the path of a sampler that moves codes."""

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
    """What the averaged generator makes of codes on their way: a row for each sample, a column for each step; of
    points the ways as lines. `path` is `SampleResult.path`, not empty, and `context` is the sampler's."""
    with context.evaluating():
        return sequence_picture(torch.stack([context.images(latent) for latent in path]))


def sequence_picture(x: Float[Tensor, " steps n *shape"]) -> Image.Image:
    """n samples over the steps: rows of images, or lines through points."""
    if x.ndim == 3:
        return ways(x)
    return enlarge(to_pil(grid(x.transpose(0, 1).flatten(0, 1), columns=len(x))))
