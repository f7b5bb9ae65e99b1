"""Reads image files: a folder of PNG or JPEG images, NumPy arrays, or the format of MNIST."""

import gzip
import hashlib
import re
import tempfile
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Shaped, UInt8
from PIL import Image
from torch import Tensor
from torchvision.datasets.mnist import read_image_file
from tqdm import tqdm

from gan_lab.data.downloaded import last_line
from gan_lab.data.folder_classes import SUFFIXES, image_files, links_left_out, suffix
from gan_lab.errors import GanLabError
from gan_lab.evaluate.pixel_values import RULES, rule_for
from gan_lab.noise import seed_of
from gan_lab.trust.home import expanded
from gan_lab.trust.limits import refuse_bytes

ARRAYS = ("images", "samples", "x", "arr_0")
"""Names of the images in an .npz of several arrays; arr_0 is what `numpy.savez` calls an array without a name."""

FORMATS = ("PNG", "JPEG")
"""Formats whose bit depth can be read: for others PIL may reduce 16 bits to 8 silently."""

MANY = 1000
"""The number of files from which on a progress bar is shown."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """Images in the form that metrics take, and what is recorded beside every number that is measured on them.

    `names` has the name of each: that of its file in the folder, or its number in an array.
    """

    images: UInt8[Tensor, "n c h w"]
    stated: dict[str, str | int]
    names: list[str]


def read_images(
    path: Path,
    shape: tuple[int, int, int],
    n: int | None = None,
    seed: int = 0,
    links: bool = False,
    least: int = 2,
) -> ImageFile:
    """At most n images of `shape` = (channels, height, width) from a folder or a file; nothing is resized.

    - A folder of PNG (or JPEG, which is lossy) images, sub-folders included, in natural order: 2.png before 10.png.
      Links in it are followed with `links` only. Or one such image.
    - `.npy`, or `.npz` with one array or just one that is named in `ARRAYS`: [n, h, w], [n, h, w, c] or [n, c, h, w].
    - `*-ubyte` and `*-ubyte.gz`, the IDX format of MNIST's images.

    Values: uint8 as they are; bool as 0 and 255; floats that all lie in [0, 1] as round(255 x), and those in [-1, 1]
    with negative ones as round(127.5 (x + 1)), the way of generated images; other whole numbers in 0..255 as they
    are. The whole file decides, not each image. Of colour with three equal channels the first is grey.

    Of more than n images a random subset is taken that depends on `seed` alone, in random order, since files are often
    sorted by class. Stated are: `file`, its name; `sha256`, of the file's bytes, or of a folder's names, sizes and
    bytes in order; `found`, how many images there are; `range` of the values found; `values`, how they were read;
    `chosen`, which images were taken.

    Raises GanLabError for what is none of this, is damaged, holds fewer than `least` images (a measure needs two), or
    Python objects (which are never unpickled).
    """
    if n is not None and n < least:
        raise GanLabError(f"n={n} images are too few to be measured: at least {least} are needed")
    path = expanded(path).absolute()
    names = None
    if path.is_dir():
        array, sha256, source, names = read_folder(path, shape, links)
    elif path.is_file():
        array, sha256, source = read_file(path, shape), sha256_of(path), ""
    else:
        raise GanLabError(f"{path} does not exist: images= takes a folder of images or a file")
    array = channels_first(array, shape, path)
    if len(array) < least:
        raise GanLabError(f"{path} contains {len(array)} images, but at least {least} are needed")
    span, rule = rule_for(array, path)
    array = in_channels(array, shape[0], path)
    found, chosen = len(array), "all"
    names = names or [path.name if found == 1 else str(number) for number in range(found)]
    if n is not None and n < found:
        order = torch.randperm(found, generator=torch.Generator().manual_seed(seed_of(seed, "image files")))
        array, chosen = array[order[:n].numpy()], f"{n} at random (seed {seed})"
        names = [names[index] for index in order[:n].tolist()]
    stated: dict[str, str | int] = {
        "file": path.name,
        "sha256": sha256,
        "found": found,
        "range": span,
        "values": rule + source,
        "chosen": chosen,
    }
    return ImageFile(RULES[rule](array), stated, names)


def read_folder(
    root: Path, shape: tuple[int, int, int], links: bool
) -> tuple[UInt8[np.ndarray, "n c h w"], str, str, list[str]]:
    """Returns the images, the sha256 of all of them, the kinds of their files, and their names in the folder."""
    files = sorted(image_files(root, links), key=lambda path: natural(path.relative_to(root).as_posix()))
    if not files:
        count = 0 if links else links_left_out(root)
        followed = f" but {count} links, which links=true follows" if count else ""
        raise GanLabError(f"{root} contains no image{followed}: images= needs a folder of PNG or JPEG images")
    images = np.empty((len(files), *shape), np.uint8)
    digest = hashlib.sha256()
    for index, path in enumerate(tqdm(files, desc="reading images", leave=False, disable=len(files) < MANY)):
        images[index], content = read_picture(path, shape)
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    suffixes = sorted({path.suffix.lower() for path in files})
    names = [path.relative_to(root).as_posix() for path in files]
    return images, digest.hexdigest(), f", from {' and '.join(suffixes)} files", names


def read_picture(path: Path, shape: tuple[int, int, int]) -> tuple[UInt8[np.ndarray, "c h w"], bytes]:
    """Returns the pixels of a PNG or JPEG file, and its bytes."""
    try:
        content = path.read_bytes()
        return pixels(content, shape, path), content
    except GanLabError:
        raise
    except Exception as error:  # PIL's decoders raise whatever they trip over
        raise GanLabError(f"{path} cannot be read as a PNG or JPEG image: repair or remove it") from error


def natural(name: str) -> tuple[list[str | int], str]:
    """Returns a key that sorts numbers in names by value; the name itself decides between 1 and 01."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name


def pixels(content: bytes, shape: tuple[int, int, int], path: Path) -> UInt8[np.ndarray, "c h w"]:
    """Returns the pixels of one image file unchanged."""
    channels, height, width = shape
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.size != (width, height):
            raise GanLabError(
                f"{path} has {image.height}x{image.width} pixels, but {height}x{width} are needed, "
                "and images are not resized"
            )
        # Byte 24 is the header's bit depth: PIL reads 16-bit colour as if it had 8.
        if image.format == "PNG" and content[24] == 16:
            raise GanLabError(f"{path} has 16 bits per channel, but 8 are needed")
        array = np.asarray(grey_or_rgb(image, path))
    return in_channels(array[None] if array.ndim == 2 else np.moveaxis(array, -1, 0), channels, path)


def grey_or_rgb(image: Image.Image, path: Path) -> Image.Image:
    """Returns the image in mode L or RGB, with all pixels unchanged."""
    if getattr(image, "is_animated", False):
        raise GanLabError(f"{path} is animated, but each file must hold one image")
    if image.has_transparency_data:
        grey, image = image.mode in ("1", "L", "LA"), image.convert("RGBA")
        if image.getchannel("A").getextrema() != (255, 255):
            raise GanLabError(
                f"{path} is partly transparent, and its background is not known: save it without transparency"
            )
        return image.convert("RGB").getchannel(0) if grey else image.convert("RGB")
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode in ("P", "RGB"):
        return image.convert("RGB")
    raise GanLabError(f"{path} has colours in PIL's mode {image.mode}, but must be grey, RGB or have a palette")


def read_file(path: Path, shape: tuple[int, int, int]) -> Shaped[np.ndarray, " *shape"]:
    """Returns the array in a file, of any shape and type; one image, of this shape, of a picture."""
    if suffix(path.name) in SUFFIXES:
        return read_picture(path, shape)[0][None]
    readers = {".npy": read_numpy, ".npz": read_numpy, "-ubyte": read_idx, "-ubyte.gz": read_zipped_idx}
    for ending, reader in readers.items():
        if path.name.endswith(ending):
            try:
                return reader(path)
            except GanLabError:
                raise
            except Exception as error:  # the type depends on where the file is truncated
                if isinstance(error, ValueError) and "pickle" in str(
                    error
                ):  # NumPy would tell the user how to load it all the same
                    raise GanLabError(
                        f"{path} is not an array, or an array of Python objects, which are never loaded: save numbers"
                    ) from error
                raise GanLabError(f"{path} cannot be read as a {ending} file ({last_line(error)})") from error
    raise GanLabError(f"{path} must be a folder of PNG or JPEG images or a file that ends in {', '.join(readers)}")


def read_numpy(path: Path) -> Shaped[np.ndarray, " *shape"]:
    loaded = np.load(path, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return loaded
    with loaded as arrays, zipfile.ZipFile(path) as archive:
        refuse_bytes(sum(entry.file_size for entry in archive.infolist()), path)
        names = arrays.files if len(arrays.files) == 1 else [name for name in ARRAYS if name in arrays.files]
        if len(names) != 1:
            raise GanLabError(
                f"{path} contains the arrays {arrays.files}, so it is not clear which one is the images: save one "
                f"array, or name exactly one of them {', '.join(ARRAYS)}"
            )
        return np.asarray(arrays[names[0]])


def read_idx(path: Path) -> UInt8[np.ndarray, "n h w"]:
    return read_image_file(str(path)).numpy()


def read_zipped_idx(path: Path) -> UInt8[np.ndarray, "n h w"]:
    # torchvision's reader takes a path only.
    with tempfile.TemporaryDirectory() as folder:
        unzipped = Path(folder) / "ubyte"
        with gzip.open(path) as zipped, unzipped.open("wb") as file:
            while content := zipped.read(1 << 20):
                file.write(content)
                refuse_bytes(file.tell(), path)
        return read_idx(unzipped)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def channels_first(
    array: Shaped[np.ndarray, " *shape"], shape: tuple[int, int, int], path: Path
) -> Shaped[np.ndarray, "n k h w"]:
    """Returns the array as a view of shape [n, k, h, w] with its own number of channels."""
    channels, height, width = shape
    found = array.shape[1:]
    if found == (height, width):
        return array[:, None]
    for k in (channels, 1, 3):
        if found == (k, height, width):
            return array
        if found == (height, width, k):
            return np.moveaxis(array, -1, 1)
    raise GanLabError(
        f"{path} holds an array of shape {list(array.shape)}, but must be [n, h, w], [n, h, w, c] or [n, c, h, w] "
        f"with h={height}, w={width}, c={channels}: images are not resized"
    )


def in_channels(array: Shaped[np.ndarray, "*n k h w"], channels: int, path: Path) -> Shaped[np.ndarray, "*n c h w"]:
    """Returns images with the needed number of channels, where no information is lost or invented."""
    found = array.shape[-3]
    if found == channels:
        return array
    if channels != 1:
        raise GanLabError(
            f"{path} has {found} channels, but {channels} are needed: grey images are not converted to colour"
        )
    first = array[..., :1, :, :]
    if (array != first).any():
        raise GanLabError(f"{path} has colour, but grey is needed: its {found} channels are not equal")
    return first
