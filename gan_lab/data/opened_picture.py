"""Opens a picture file in the form that training uses."""

from pathlib import Path

from jaxtyping import UInt8
from PIL import Image, ImageOps
from torch import Tensor
from torchvision.transforms.functional import pil_to_tensor

from gan_lab.data.folder_shape import FORMATS, has_colour, upright_size
from gan_lab.trust.limits import refuse_pixels
from gan_lab.types import GanLabError

Shape = tuple[int, int, int]
"""Channels, height, width."""


def opened(path: Path, shape: Shape) -> tuple[UInt8[Tensor, "c h w"], Shape]:
    """Returns one picture in the wanted shape, and the shape that it has in its file.

    Raises GanLabError for a file that is no image of 8 bits per channel, is damaged, or has too many pixels.
    """
    try:
        if not path.is_file():  # reading from a pipe would wait forever
            raise ValueError("no regular file")
        with Image.open(path, formats=FORMATS) as image:
            refuse_pixels(*image.size, path)
            own = (3 if has_colour(image) else 1, *upright_size(image))
            return pil_to_tensor(fitted(image, shape)), own
    except GanLabError:
        raise
    except Exception as error:  # PIL's decoders raise errors of many types
        raise GanLabError(f"{path} cannot be read as an 8-bit image: repair or remove it") from error


def fitted(image: Image.Image, shape: Shape) -> Image.Image:
    """Returns the image upright, with black for transparent parts, with the wanted channels and size.

    What is beyond the middle part of the wanted proportions is cut off, and that part resized (bicubic, with PIL's
    antialiasing: the filter covers as many pixels as become one).
    """
    if image.mode.startswith(("I", "F")):
        raise ValueError("PIL would cut more than 8 bits per channel off at 255")
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        black = Image.new("RGBA", upright.size, "black")
        upright = Image.alpha_composite(black, upright.convert("RGBA"))
    channels, height, width = shape
    return ImageOps.fit(upright.convert("L" if channels == 1 else "RGB"), (width, height), Image.Resampling.BICUBIC)
