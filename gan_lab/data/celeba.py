"""CelebA: photographs of faces, in colour."""

from typing import Any, Literal, final

import torch
from torchvision import datasets
from tqdm import tqdm

from gan_lab.data.base import Samples
from gan_lab.data.downloaded import Downloaded, last_line
from gan_lab.data.opened_picture import opened
from gan_lab.domains import PositiveInt
from gan_lab.noise import seed_of
from gan_lab.types import GanLabError

FACES = datasets.CelebA
PARTS = {"train": "train", "validation": "valid", "test": "test"}
"""What torchvision calls the parts."""


@final
class CelebA(Downloaded):
    """202,599 aligned photographs of famous faces, 218 pixels high and 178 wide, without labels.

    The parts are the official ones, 162,770 / 19,867 / 19,962, which share no person. Of each, `train_size`,
    `validation_size` and `test_size` photographs are taken at random, all of them for None. They are cut to the middle
    178x178 and resized to `image_size` (bicubic, antialiased): papers cut differently, so that their FID is another
    one, and the protocol of measures says how. All are held in memory, 12 kB each for 64x64.

    torchvision looks for the files in `<root>/celeba`, checks the md5 of its lists, but not the photographs, and
    downloads them where gdown is installed.

    Source: Liu et al. 2015 (arXiv 1411.7766).
    """

    instead = "data=patches"

    def __init__(
        self,
        *,
        source: Literal["CelebA"],
        image_size: PositiveInt,
        train_size: PositiveInt | None,
        validation_size: PositiveInt | None,
        test_size: PositiveInt | None,
        **base: Any,
    ) -> None:
        super().__init__(source=source, **base)
        self.size = image_size
        self.counts = {"train": train_size, "validation": validation_size, "test": test_size}
        self.prepared = f"cut to the middle 178 x 178, resized to {image_size} x {image_size}, bicubic and antialiased"

    @property
    def content(self) -> str:
        return "photographs of faces"

    def download(self) -> None:
        FACES(self.root, target_type=[], download=True)

    def load(self) -> tuple[Samples, Samples, Samples]:
        if self.missing():
            raise self.not_found("were not downloaded")
        return self.read("train"), self.read("validation"), self.read("test")

    def read(self, part: str) -> Samples:
        """Returns the photographs of one part."""
        names = self.names(part)
        generator = torch.Generator().manual_seed(seed_of(self.split_seed, "celeba", part))
        chosen = [names[index] for index in torch.randperm(len(names), generator=generator)[: self.counts[part]]]
        shape = (3, self.size, self.size)
        values = torch.empty(len(chosen), *shape, dtype=torch.uint8)
        for value, name in zip(values, tqdm(chosen, desc=f"reading {part} images", delay=2), strict=True):
            value.copy_(opened(self.raw / "img_align_celeba" / name, shape)[0])
        return Samples(values)

    def names(self, part: str) -> list[str]:
        """Returns the names of the files of one part. Raises GanLabError for lists that are not those published, and
        where the part has fewer photographs than asked for."""
        try:
            names: list[str] = FACES(self.root, split=PARTS[part], target_type=[]).filename
        except Exception as error:  # of torchvision, whatever is wrong with a list
            raise GanLabError(
                f"the lists of {self.source} in {self.raw} cannot be read, or have another md5 than those published "
                f"({last_line(error)}): delete them and start again to download them, or use {self.instead}, which "
                "needs none"
            ) from error
        count = self.counts[part]
        if count is not None and count > len(names):
            raise GanLabError(f"data.{part}_size={count} is more than the {len(names)} {part} images that there are")
        return names
