"""The differentiable operations of DiffAugment, as functions of images and of numbers drawn from U[0, 1).

Source: Zhao et al. 2020, arXiv 2006.10738, section 4 and the authors' code. Images are (b, c, h, w) in [-1, 1], and 0,
which fills what an operation leaves empty, is middle grey. Numbers are drawn for each image by itself.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

SHIFT = 1 / 8
"""The largest translation, as a share of the side."""
HOLE = 1 / 2
"""The side of the square that is cut out, as a share of the image's side."""
DRAWS = {"colour": 3, "translation": 2, "cutout": 2}
"""How many numbers each operation needs for an image."""

Images = Float[Tensor, "b c h w"]
Draws = Float[Tensor, "b n"]


def colour(images: Images, u: Draws) -> Images:
    """Returns images with another brightness, saturation and contrast, in this order.

        x + u_1 - 1/2;   m_c + 2 u_2 (x - m_c), m_c: each pixel's mean over channels;   m + (u_3 + 1/2)(x - m), m: mean

    Values may leave [-1, 1]. Grey images have no saturation.
    """
    brightness, saturation, contrast = u[..., None, None, None].unbind(1)
    images = images + brightness - 0.5
    grey = images.mean(1, keepdim=True)
    images = grey + 2 * saturation * (images - grey)
    middle = images.mean((1, 2, 3), keepdim=True)
    return middle + (contrast + 0.5) * (images - middle)


def translation(images: Images, u: Draws) -> Images:
    """Returns images that are shifted by whole pixels, up to an eighth of the side in each direction, uniformly."""
    height, width = images.shape[2:]
    rows, far_down = places(height, u[:, 0])
    columns, far_right = places(width, u[:, 1])
    padded = F.pad(images, (far_right, far_right, far_down, far_down))
    image = torch.arange(len(images), device=images.device)[:, None, None]
    return padded[image, :, rows[:, :, None], columns[:, None, :]].movedim(3, 1)


def places(side: int, u: Float[Tensor, " b"]) -> tuple[Int[Tensor, "b s"], int]:
    """Returns where each shifted image reads in the padded one, and how many pixels are padded at each end."""
    far = int(SHIFT * side + 0.5)  # halves are rounded up, as in the authors' code; `round` goes to the even number
    begin = (u * (2 * far + 1)).long().clamp(max=2 * far)
    return begin[:, None] + torch.arange(side, device=u.device), far


def cutout(images: Images, u: Draws) -> Images:
    """Returns images in which a square of half the sides is 0. Its centre is uniform, so that a part may lie outside.

    The centre of an image with an even side lies between pixels 0 and side, both included, as in the authors' code.
    """
    height, width = images.shape[2:]
    hole = inside(height, u[:, 0])[:, None, :, None] & inside(width, u[:, 1])[:, None, None, :]
    return images.masked_fill(hole, 0.0)


def inside(side: int, u: Float[Tensor, " b"]) -> Tensor:
    """Returns which of the lines of each image the square covers."""
    size = int(HOLE * side + 0.5)
    centres = side + 1 - size % 2
    begin = (u * centres).long().clamp(max=centres - 1) - size // 2
    lines = torch.arange(side, device=u.device)
    return (lines >= begin[:, None]) & (lines < begin[:, None] + size)


OPERATIONS = {"colour": colour, "translation": translation, "cutout": cutout}
