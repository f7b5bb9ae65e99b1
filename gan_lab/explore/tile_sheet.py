"""Many small images as one picture, of which a page shows parts."""

from base64 import b64encode
from io import BytesIO
from math import ceil
from typing import Any

import torch
from jaxtyping import UInt8
from torch import Tensor
from torch.nn import functional as F

from gan_lab.images import to_pil

COLUMNS = 100
LARGEST = 32
"""The largest side of an image in pixels; larger ones are made smaller."""
QUALITY = 60


def sheet_data(images: UInt8[Tensor, "n c h w"]) -> dict[str, Any]:
    """Returns one WebP of all images, row by row, with the number of columns and the sides of an image in pixels."""
    n, channels, height, width = images.shape
    factor = min(1.0, LARGEST / max(height, width))
    if factor < 1:
        height, width = (max(1, round(factor * side)) for side in (height, width))
        small = F.interpolate(images.float(), (height, width), mode="bilinear", antialias=True)
        images = small.round().clamp(0, 255).to(torch.uint8)
    columns = min(COLUMNS, n)
    rows = ceil(n / columns)
    filled = torch.cat([images, images.new_zeros(rows * columns - n, channels, height, width)])
    whole = filled.view(rows, columns, channels, height, width).permute(2, 0, 3, 1, 4)
    file = BytesIO()
    to_pil(whole.reshape(channels, rows * height, columns * width)).save(file, "WEBP", quality=QUALITY, method=4)
    return {"picture": b64encode(file.getvalue()).decode(), "columns": columns, "height": height, "width": width}
