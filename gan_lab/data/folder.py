"""A folder of images."""

from collections import Counter
from pathlib import Path
from typing import Literal, final

import torch
from tqdm import tqdm

from gan_lab.data.base import DataModule, Samples, counted, shuffled
from gan_lab.data.folder_changes import changes, prepared
from gan_lab.data.folder_classes import class_name, class_names, image_files, links_left_out, no_image
from gan_lab.data.folder_shape import given_size
from gan_lab.data.opened_picture import opened
from gan_lab.data.own_samples import USUAL_BATCH, enough_parts, fitting_batch, parted
from gan_lab.domains import FolderPath, NonNegativeInt, PositiveInt, Probability
from gan_lab.trust.home import expanded
from gan_lab.types import GanLabError


@final
class Folder(DataModule):
    """Any folder of images.

    `shape` is what all of them get: images of other proportions lose what is beyond their centre, then they are
    resized (bicubic, antialiased). `notes` says in numbers what was changed, and the protocol of measures says how.
    `image_size`, a number of pixels or (height, width), and `channels`, 1 for grey and 3 for colour, are what the user
    asked for, if anything: `shape` follows from them, and from the files otherwise (`folder_shape`). If all images lie
    in sub-folders of `root`, the label of an image is the index of its sub-folder's name in sorted order.
    `validation_fraction` and `test_fraction` of the images are set aside by a seeded permutation, at least two of each.
    `batch_size` None is 64, or the largest power of two that the training images allow. Links in the folder are
    followed with `links` only. All images are held in memory, one byte per pixel and channel.
    """

    one_pool = True

    def __init__(
        self,
        *,
        root: FolderPath,
        image_size: PositiveInt | tuple[PositiveInt, PositiveInt] | None,
        channels: Literal[1, 3] | None,
        validation_fraction: Probability,
        test_fraction: Probability,
        shape: tuple[int, ...],
        num_classes: NonNegativeInt,
        batch_size: PositiveInt | None,
        seed: int,
        split_seed: int,
        links: bool = False,
    ) -> None:
        super().__init__(
            shape=shape, num_classes=num_classes, batch_size=batch_size or USUAL_BATCH, seed=seed, split_seed=split_seed
        )
        self.fits_batch = batch_size is None
        wanted = (channels or shape[0], *(given_size(image_size) or shape[1:]))
        if shape != wanted or len(shape) != 3 or shape[0] not in (1, 3) or min(shape) < 1:
            raise GanLabError(
                f"data.shape={list(shape)} must be [channels, height, width]: set data.channels and data.image_size, "
                "which it follows from"
            )
        self.root = expanded(root).absolute()
        self.links = links
        self.channels, self.height, self.width = shape
        self.validation_fraction = validation_fraction
        self.test_fraction = test_fraction

    @property
    def title(self) -> str:
        return self.root.name

    @property
    def content(self) -> str:
        return f"the images in {self.title}"

    def load(self) -> tuple[Samples, Samples, Samples]:
        files = image_files(self.root, self.links)
        if not files:
            raise GanLabError(no_image(self.root, self.links))
        parts = enough_parts(len(files), "image", self.root, self.validation_fraction, self.test_fraction)
        if self.fits_batch:
            self.batch_size = fitting_batch(parts[0])
        everything = shuffled(self.read(files), self.split_seed, "folder")
        return parted(everything, parts)

    def read(self, files: list[Path]) -> Samples:
        """Returns the images and, if they have any, their labels."""
        wanted = (self.channels, self.height, self.width)
        values = torch.empty(len(files), *wanted, dtype=torch.uint8)
        found: Counter[tuple[int, int, int]] = Counter()
        # The progress bar appears if reading takes longer than two seconds.
        for value, path in zip(values, tqdm(files, desc="reading images", delay=2), strict=True):
            image, shape = opened(path, wanted)
            value.copy_(image)
            found[shape] += 1
        self.notes = (*changes(found, wanted), *self.left_out())
        self.prepared = prepared(found, wanted)
        names = class_names(self.root, files)
        if not names:
            return Samples(values)
        return Samples(values, torch.tensor([names.index(class_name(self.root, path)) for path in files]))

    def left_out(self) -> tuple[str, ...]:
        """Returns a sentence on links that were not followed, if there are any."""
        count = 0 if self.links else links_left_out(self.root)
        return (f"{counted(count, 'link')} in {self.root} left out: data.links=true follows them",) if count else ()
