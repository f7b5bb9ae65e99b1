"""The shape of the images in a folder, from the headers of the files. No torch here: every start-up comes by."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_lab.data.folder_classes import image_files
from gan_lab.trust.home import expanded

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""The formats that PIL may take a file for; PPM includes PGM."""

HEADERS = 1000
"""The number of files that are looked at, evenly spaced in the sorted list: opening all of 100,000 takes a minute."""

KEPT = 128
"""The longest side that is kept as it is: the networks here are for small images."""
REDUCED = 64
"""The longer side of what larger images are reduced to."""

GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "F")
TURNED = (5, 6, 7, 8)
"""Values of EXIF's orientation with which the width of the file is the height of the picture."""

Size = tuple[int, int]
"""Height and width in pixels."""


def folder_shape(root: str, image_size: Any, channels: Any, links: bool = False) -> list[int]:
    """Returns (channels, height, width): as given, and otherwise those that most images in the folder have.

    `image_size` is a number of pixels, [height, width] or None, `channels` 1, 3 or None. Of sizes that are equally
    frequent the smallest is taken; sides above 128 are reduced, see `small`. Where nothing can be read, it is MNIST's:
    loading the data says what is wrong, and also what is wrong with the two options.
    """
    size = given_size(image_size)
    if size is None or channels is None:
        folder = expanded(root)
        seen = [*headers(image_files(folder, links))]
        size = size or small(most_frequent([(height, width) for height, width, _ in seen] or [(28, 28)]))
        channels = channels or most_frequent([3 if colour else 1 for _, _, colour in seen] or [1])
    return [channels, *size]


def given_size(image_size: Any) -> Size | None:
    """Returns (height, width) for a number of pixels above 0 or two of them, and None for anything else."""
    sides = [image_size, image_size] if isinstance(image_size, int) else image_size
    if isinstance(sides, str) or not isinstance(sides, Sequence) or len(sides) != 2:
        return None
    if any(isinstance(side, bool) or not isinstance(side, int) or side < 1 for side in sides):
        return None
    return sides[0], sides[1]


def most_frequent(values: Sequence[Any]) -> Any:
    """Returns the value that comes most often, the smallest of those that come equally often: a size by its area."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], prod(value) if isinstance(value, tuple) else value, value))


def small(size: Size) -> Size:
    """Returns the size itself up to 128 pixels. Larger ones are reduced in proportion to a longer side of 64, and the
    other to a multiple of 4, which convolutional networks need."""
    height, width = size
    if max(size) <= KEPT:
        return size
    height, width = (max(4, 4 * round(side * REDUCED / max(size) / 4)) for side in size)
    return height, width


def headers(files: Sequence[Path]) -> Iterator[tuple[int, int, bool]]:
    """Yields the height, width and whether there is colour of up to 1,000 of the files; what cannot be read is left
    out."""
    from PIL import Image  # takes a moment, and is needed for folders alone

    some = files if len(files) <= HEADERS else [files[i * len(files) // HEADERS] for i in range(HEADERS)]
    for path in some:
        try:
            if path.is_file():  # a pipe would be waited for
                with Image.open(path, formats=FORMATS) as image:
                    yield (*upright_size(image), has_colour(image))
        except Exception:  # PIL's decoders raise whatever they trip over; reading the images names the file
            continue


def upright_size(image: "Image.Image") -> Size:
    """Returns height and width once the picture is turned as its camera says."""
    # PIL decodes all of a PNG to look for an orientation.
    turned = image.format != "PNG" and image.getexif().get(0x0112) in TURNED
    return (image.width, image.height) if turned else (image.height, image.width)


def has_colour(image: "Image.Image") -> bool:
    """Returns whether the file is in colour: a palette counts as colour unless it holds greys alone."""
    if image.mode == "P" and image.palette is not None and image.palette.mode == "RGB":
        rgb = bytes(image.palette.palette)
        return not rgb[0::3] == rgb[1::3] == rgb[2::3]
    return image.mode not in GREY
