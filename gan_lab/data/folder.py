"""A folder of images."""

from pathlib import Path
from typing import final

import torch
from jaxtyping import UInt8
from PIL import Image, ImageOps
from torch import Tensor
from torchvision.transforms.functional import pil_to_tensor
from tqdm import tqdm

from gan_lab.data.base import DataModule, Samples, shuffled
from gan_lab.data.folder_classes import class_name, class_names, image_files
from gan_lab.domains import NonNegativeInt, PositiveInt, Probability
from gan_lab.types import GanLabError


@final
class Folder(DataModule):
    """Any folder of images, cut to their central square and resized (bicubic, antialiased) to `image_size`.

    `channels` is 1 for grey, 3 for colour. If all images lie in sub-folders of `root`, the label of an image
    is the index of its sub-folder's name in sorted order. `validation_fraction` and `test_fraction` of the
    images are set aside by a seeded permutation. All are held in memory, one byte per pixel and channel.
    """

    def __init__(
        self,
        *,
        root: str,
        image_size: int,
        channels: int,
        validation_fraction: Probability,
        test_fraction: Probability,
        shape: tuple[int, ...],
        num_classes: NonNegativeInt,
        batch_size: PositiveInt,
        seed: int,
        split_seed: int,
    ) -> None:
        super().__init__(shape=shape, num_classes=num_classes, batch_size=batch_size, seed=seed, split_seed=split_seed)
        if channels not in (1, 3):
            raise GanLabError(f"data.channels={channels} must be 1 (grey) or 3 (colour)")
        if shape != (channels, image_size, image_size):
            raise GanLabError(
                f"data.shape={list(shape)} must be [channels, image_size, image_size]: set data.channels and "
                "data.image_size, which it follows from"
            )
        self.root = Path(root).expanduser().absolute()
        self.image_size = image_size
        self.channels = channels
        self.validation_fraction = validation_fraction
        self.test_fraction = test_fraction

    def load(self) -> tuple[Samples, Samples, Samples]:
        files = image_files(self.root)
        if not files:
            raise GanLabError(
                f"No image was found in {self.root}: set data.root to a folder of images, "
                "or use data=digits, which needs none"
            )
        validation = round(self.validation_fraction * len(files))
        test = round(self.test_fraction * len(files))
        train = len(files) - validation - test
        if min(train, validation, test) < 1:
            raise GanLabError(
                f"The {len(files)} images in {self.root} give {train} for training, {validation} for "
                f"validation and {test} for test: each needs one (data.validation_fraction, test_fraction)"
            )
        everything = shuffled(self.read(files), self.split_seed, "folder")
        return (
            everything.subset(slice(train)),
            everything.subset(slice(train, train + validation)),
            everything.subset(slice(train + validation, None)),
        )

    def read(self, files: list[Path]) -> Samples:
        """Returns the images and, if they have any, their labels."""
        values = torch.empty(len(files), *self.shape, dtype=torch.uint8)
        # The bar appears when reading takes longer than two seconds.
        for value, path in zip(values, tqdm(files, desc="reading images", delay=2), strict=True):
            value.copy_(self.opened(path))
        names = class_names(self.root, files)
        if not names:
            return Samples(values)
        return Samples(values, torch.tensor([names.index(class_name(self.root, path)) for path in files]))

    def opened(self, path: Path) -> UInt8[Tensor, "c h w"]:
        """Returns one image in the form that training uses."""
        try:
            with Image.open(path) as image:
                return pil_to_tensor(self.fitted(image))
        except Exception as error:  # PIL's decoders raise whatever they trip over
            raise GanLabError(f"{path} cannot be read as an 8-bit image: repair or remove it") from error

    def fitted(self, image: Image.Image) -> Image.Image:
        """The image upright, with transparent parts black, in the wanted channels and size."""
        if image.mode.startswith(("I", "F")):
            raise ValueError("PIL would cut more than 8 bits per channel off at 255")
        upright = ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            black = Image.new("RGBA", upright.size, "black")
            upright = Image.alpha_composite(black, upright.convert("RGBA"))
        channels = upright.convert("L" if self.channels == 1 else "RGB")
        return ImageOps.fit(channels, (self.image_size, self.image_size), Image.Resampling.BICUBIC)
