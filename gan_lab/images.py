"""Converts floats in [-1, 1] to uint8, grids, PNGs and GIFs. No other module does this."""

from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor
from torchvision.utils import make_grid

from gan_lab.errors import GanLabError
from gan_lab.runs.picture_file import save_picture
from gan_lab.trust.limits import refuse_pixels


def to_uint8(images: Float[Tensor, " *shape"]) -> UInt8[Tensor, " *shape"]:
    """Returns round(127.5 (x + 1)), clamped to 0..255; real and generated images are converted alike."""
    return ((images.detach().float() + 1.0) * 127.5).round().clamp(0, 255).to(torch.uint8)


def from_uint8(images: UInt8[Tensor, " *shape"]) -> Float[Tensor, " *shape"]:
    """Returns x / 127.5 - 1, the inverse of `to_uint8`."""
    return images.float() / 127.5 - 1.0


def grid(images: Float[Tensor, "b c h w"], columns: int = 10) -> UInt8[Tensor, "c h2 w2"]:
    """Returns the batch as one picture, row by row, with a white line between images."""
    picture = make_grid(to_uint8(images.cpu()), nrow=columns, padding=1, pad_value=255)
    return picture[: images.shape[1]]  # make_grid turns grey into three equal channels


def to_pil(picture: UInt8[Tensor, "c h w"]) -> Image.Image:
    """Returns a PIL image, grey for one channel."""
    array = picture.permute(1, 2, 0).numpy()
    return Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array)


def enlarge(picture: Image.Image, times: int = 2) -> Image.Image:
    """Returns the picture with each pixel `times` as wide and high, so that 28x28 digits can be read on a screen."""
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)


def png(path: Path) -> Image.Image | None:
    """Returns the picture in a PNG, None where there is none."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with Image.open(path, formats=["PNG"]) as picture:
            refuse_pixels(*picture.size, path)
            picture.load()
            return picture
    except (OSError, ValueError, SyntaxError, GanLabError):
        return None


def save_gif(frames: Sequence[Path | Image.Image], path: Path, seconds: float = 6.0) -> None:
    """Saves an endless GIF of the pictures or PNGs in the given order; the last one stays for a second.

    Files that are no PNGs are left out, since the folder may be somebody else's.
    """
    opened = [png(frame) if isinstance(frame, Path) else frame for frame in frames]
    pictures = [picture.convert("P", palette=Image.Palette.ADAPTIVE) for picture in opened if picture is not None]
    if not pictures:
        return
    durations = [int(1000 * seconds / len(pictures))] * (len(pictures) - 1) + [1000]
    save_picture(pictures[0], path, save_all=True, append_images=pictures[1:], duration=durations, loop=0)
