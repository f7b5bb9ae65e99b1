"""Random changes of training images that leave their class as it is."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

SHIFT, DEGREES, SCALE, TURNED, BRIGHTNESS = 1 / 14, 10.0, 0.1, 0.5, (0.7, 1.15)
"""How far images are shifted, as a share of a side (2 pixels of 28), turned and resized, which share of them is turned
and resized at all, and factors of brightness."""

STATED = {"shift": SHIFT, "degrees": DEGREES, "scale": SCALE, "turned": TURNED, "brightness": [*BRIGHTNESS]}
"""The same, as a report has it."""

Images = Float[Tensor, "n c h w"]


def two_views(images: Images, generator: torch.Generator) -> tuple[Images, Images]:
    """Returns two views of each image in [0, 1], which differ in their place and in their brightness alone.

    Every second image on average is turned by up to 10 degrees and resized by a factor of .9 to 1.1, in both views
    alike: features that must be the same for both need not ignore how sharp an image is. Each view is then shifted
    along both axes by whole pixels, up to a 14th of the side, made brighter or darker by a factor of .7 to 1.15, and
    cut off at 1. All draws are uniform, and an image's own.
    """
    n, _, height, width = images.shape

    def drawn(low: float, high: float) -> Float[Tensor, " n"]:
        return low + (high - low) * torch.rand(n, generator=generator)

    def pixels(side: int) -> Float[Tensor, " n"]:
        most = round(SHIFT * side)
        return torch.randint(-most, most + 1, (n,), generator=generator).float()

    def view() -> Images:
        shifts = torch.stack([pixels(width), pixels(height)], 1)
        return (moved(images, shifts, degrees, scales) * drawn(*BRIGHTNESS)[:, None, None, None]).clamp(max=1.0)

    turned = drawn(0.0, 1.0) < TURNED
    degrees, scales = drawn(-DEGREES, DEGREES) * turned, 1.0 + drawn(-SCALE, SCALE) * turned
    return view(), view()


def moved(
    images: Images, shifts: Float[Tensor, "n 2"], degrees: Float[Tensor, " n"], scales: Float[Tensor, " n"]
) -> Images:
    """Returns the images turned clockwise and resized about their centre, then shifted right and down by pixels.

    Values between pixels are bilinear, and black lies beyond the border.
    """
    height, width = images.shape[2:]
    angles = degrees * (math.pi / 180)
    cos, sin = angles.cos() / scales, angles.sin() / scales
    # A place p of the result shows the place R⁻¹(p - shift) / scale of the image; torch halves both sides to 1.
    right, down = shifts.unbind(1)
    rows = (
        (cos, sin * (height / width), -(cos * right + sin * down) * (2 / width)),
        (-sin * (width / height), cos, (sin * right - cos * down) * (2 / height)),
    )
    inverse = torch.stack([torch.stack(row, 1) for row in rows], 1)
    grid = F.affine_grid(inverse, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)
