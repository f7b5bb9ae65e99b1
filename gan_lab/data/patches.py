"""Crops of two photographs: colour images that need no download."""

from typing import Any, Literal, final

import numpy as np
import torch
from jaxtyping import UInt8
from sklearn.datasets import load_sample_images
from torch import Tensor

from gan_lab.data.base import DataModule, Samples, shuffled
from gan_lab.data.patch_places import blocks_of, corners_in
from gan_lab.domains import PositiveInt
from gan_lab.noise import seed_of


@final
class Patches(DataModule):
    """Square crops of the two colour photographs that come with scikit-learn: a demonstration, no benchmark.

    The photographs, a pagoda (china.jpg, label 0) and a dahlia (flower.jpg, label 1), have 640x427 pixels. Each is
    divided into blocks with sides of two crops or a little more, and a seeded permutation gives 11 of 15 blocks to
    training, 2 to validation and 2 to test. A part has all crops of `image_size` pixels that lie in its blocks,
    `stride` pixels apart: 7,920 / 1,440 / 1,440 of 32 pixels, or 7,480 / 1,360 / 1,360 of 64. So crops of different
    parts share no pixel. Those of one part overlap: there is less to learn than their number says, and since few areas
    are held out, they differ from the training areas by more than chance would make single crops differ.
    """

    dependence = "many images overlap, so they are not independent"

    def __init__(
        self,
        *,
        image_size: Literal[32, 64],
        stride: PositiveInt,
        **base: Any,
    ) -> None:
        super().__init__(**base)
        self.size = image_size
        self.stride = stride

    @property
    def title(self) -> str:
        return "crops of scikit-learn's photographs"

    @property
    def content(self) -> str:
        return "crops of two photographs"

    def load(self) -> tuple[Samples, Samples, Samples]:
        photographs = [channels_first(image) for image in load_sample_images().images]
        pieces: dict[str, list[Samples]] = {part: [] for part in blocks_of(self.size)}
        for label, photograph in enumerate(photographs):
            for part, blocks in self.blocks(label).items():
                crops = torch.stack(
                    [
                        photograph[:, top : top + self.size, left : left + self.size]
                        for block in blocks
                        for top, left in corners_in(block, self.size, self.stride)
                    ]
                )
                pieces[part].append(Samples(crops, torch.full((len(crops),), label)))
        train, validation, test = (self.joined(some, part) for part, some in pieces.items())
        return train, validation, test

    def blocks(self, label: int) -> dict[str, list[int]]:
        """Returns the numbers of the blocks of one photograph that belong to each part."""
        counts = blocks_of(self.size)
        generator = torch.Generator().manual_seed(seed_of(self.split_seed, "patches", label))
        order = torch.randperm(sum(counts.values()), generator=generator).split([*counts.values()])
        return {part: numbers.tolist() for part, numbers in zip(counts, order, strict=True)}

    def joined(self, pieces: list[Samples], part: str) -> Samples:
        """Returns the crops of both photographs in random order."""
        labels = [piece.labels for piece in pieces if piece.labels is not None]
        together = Samples(torch.cat([piece.values for piece in pieces]), torch.cat(labels))
        return shuffled(together, self.split_seed, "patches", part)


def channels_first(image: UInt8[np.ndarray, "h w c"]) -> UInt8[Tensor, "c h w"]:
    """Returns the photograph with its colours first."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1)
