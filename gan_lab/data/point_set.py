"""A file of points in the plane."""

from pathlib import Path
from typing import final

import torch

from gan_lab.data.base import DataModule, Samples, shuffled
from gan_lab.data.own_samples import USUAL_BATCH, enough_parts, fitting_batch, parted
from gan_lab.data.point_file import read_points
from gan_lab.domains import FolderPath, NonNegativeInt, PositiveInt, Probability
from gan_lab.types import GanLabError

LEAST_SCALE, LARGEST_SCALE = 0.05, 20.0
"""The scale of points that networks can learn, since their first outputs are of about unit scale."""


@final
class PointSet(DataModule):
    """Points in the plane from a file, `path`: .npy or .csv, with a label in the third column where they have one.

    `validation_fraction` and `test_fraction` of the points are set aside by a seeded permutation, at least two of each.
    `batch_size` None is 64, or the largest power of two that the training points allow. Points are used as they are:
    their scale, the root mean square of their distance from their mean, must be between 0.05 and 20. They have no known
    modes, so that they are measured by the earth mover's distance alone.
    """

    one_pool = True

    def __init__(
        self,
        *,
        path: FolderPath | None,
        validation_fraction: Probability,
        test_fraction: Probability,
        shape: tuple[PositiveInt, ...],
        num_classes: NonNegativeInt,
        batch_size: PositiveInt | None,
        seed: int,
        split_seed: int,
    ) -> None:
        super().__init__(
            shape=shape, num_classes=num_classes, batch_size=batch_size or USUAL_BATCH, seed=seed, split_seed=split_seed
        )
        self.fits_batch = batch_size is None
        self.path = path
        self.validation_fraction = validation_fraction
        self.test_fraction = test_fraction

    @property
    def title(self) -> str:
        return Path(str(self.path)).name

    @property
    def content(self) -> str:
        return f"the points in {self.title}"

    def load(self) -> tuple[Samples, Samples, Samples]:
        rows = torch.from_numpy(read_points(None if self.path is None else str(self.path)))
        parts = enough_parts(len(rows), "point", Path(str(self.path)), self.validation_fraction, self.test_fraction)
        if self.fits_batch:
            self.batch_size = fitting_batch(parts[0])
        points = rows[:, :2]
        scale = (points - points.mean(0)).square().sum(1).mean().sqrt().item()
        if not LEAST_SCALE <= scale <= LARGEST_SCALE and points.isfinite().all():
            raise GanLabError(
                f"the points in {self.path} are {scale:.3g} from their mean, as a root mean square, and networks learn "
                f"points of a scale of {LEAST_SCALE} to {LARGEST_SCALE:g}: divide them by {scale or 1:.3g}"
            )
        labels = rows[:, 2].long() if rows.shape[1] == 3 else None
        everything = shuffled(Samples(points.float(), labels), self.split_seed, "points")
        return parted(everything, parts)
