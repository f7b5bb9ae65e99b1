"""FID and KID of each class."""

from math import inf
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.classified import predicted_classes
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import frechet_distance, moments
from gan_lab.metric.kernel import mean_between, mean_within
from gan_lab.metric.real_fake import GatheredMetric, TooAlikeError

CHUNK = 256
"""The number of rows of a kernel matrix in memory at once; it affects only rounding errors."""


@final
class ClassDistances(GatheredMetric):
    """FID and KID between the generated and the real images of each class: their mean over classes, and the worst.

    The real images of a class are those with its label. The generated ones are those that were drawn for it, if the
    generator was trained with class labels, and otherwise those that the classifier assigns to it;
    `class_distances_by` in the protocol says which. FID and KID are those of `FrechetDistance` and `KernelDistance`
    on the images of one class. The mean over classes of FID is Intra-FID, Miyato & Koyama 2018 (arXiv 1802.05637).

    Unlike FID, which compares two Gaussians of all classes together, these values rise if images are good on the whole
    and bad within a class, or, for a conditional generator, of another class than was asked for. With a class's share
    of the images, the bias of FID is as many times larger: compare values with their floor, in which real training
    images stand for generated ones, by label or by prediction as those do, and never with FID. KID has no such bias.

    A class needs `least_images` real images, otherwise it is left out; `by_class` has `fid` and `kid` of the others. Of
    a class with fewer than 2 generated images there is no FID or KID, so that the generator counts as infinitely far
    from it.
    """

    uses_labels = True
    needs_real_labels = True
    title_by_class = "Distance between generated and real images of each class"
    keys = ("class_fid_mean", "class_fid_worst", "class_kid_mean", "class_kid_worst")

    def __init__(self, *, least_images: PositiveInt = 100) -> None:
        """`least_images` is the number of real images that a class needs."""
        super().__init__()
        self.least_images = least_images

    @property
    def needs_classes(self) -> bool:  # type: ignore[override]
        return not self.label_classes

    @property
    def by(self) -> str:
        """How the class of a generated image is known."""
        return "label" if self.label_classes else "prediction"

    @property
    def identity(self) -> str:
        return f"{super().identity} by {self.by}"

    def least(self) -> dict[str, int]:
        return dict.fromkeys(self.keys, max(2, self.least_images))

    def protocol(self) -> dict[str, str | int | float]:
        return {"class_distances_by": self.by, "class_distances_least_images": self.least_images}

    def compute(self) -> dict[str, float]:
        rows = self.gathered()
        found, features = rows[:, 0].long(), rows[:, 1:].double()
        fids, kids = zip(*(self._distances(c, features[found == c]) for c in self.compared), strict=True)
        self.by_class = {"fid": torch.tensor(fids), "kid": torch.tensor(kids)}
        values = (sum(fids) / len(fids), max(fids), sum(kids) / len(kids), max(kids))
        return dict(zip(self.keys, values, strict=True))

    def _distances(self, c: int, fake: Float[Tensor, "n d"]) -> tuple[float, float]:
        """Returns FID and KID of one class."""
        if len(fake) < 2:
            return inf, inf
        real, mean = self.real[self._real_class == c].double(), fake.mean(0)
        centre, factor = self._moments[c]
        fid = frechet_distance(centre, factor, mean, (fake - mean).T.cov()).item()
        kid = self._within_real[c] + mean_within(fake, CHUNK) - 2 * mean_between(real, fake, CHUNK)
        return max(0.0, fid), kid

    def _kept(self, fake: Features) -> Tensor:
        if not len(fake):
            return self._nothing()  # of a rank that has no images, and so no labels
        return torch.cat([self._class_of(fake)[:, None].to(fake.features.dtype), fake.features], 1)

    def _class_of(self, fake: Features) -> Int[Tensor, " n"]:
        if not self.label_classes:
            return predicted_classes(fake, "ClassDistances")
        if fake.label is None:
            raise ValueError("generated images of a conditional generator need the labels that they were drawn for")
        return fake.label % self.label_classes

    def _nothing(self) -> Tensor:
        return self.real.new_empty(0, 1 + self.real.shape[1])

    def _take_real(self, reference: Reference) -> None:
        label = reference.real.label
        if label is None:
            raise TooAlikeError("real images with class labels are needed")
        counts = torch.bincount(label)
        self.compared = (counts >= max(2, self.least_images)).nonzero()[:, 0].tolist()
        if not self.compared:
            raise TooAlikeError(f"a class with {self.least_images} real images or more is needed")
        self._real_class = label
        self._moments: dict[int, tuple[Tensor, Tensor]] = {}
        self._within_real: dict[int, float] = {}
        for c in self.compared:
            real = self.real[label == c]
            stored = moments(real)
            self._moments[c] = stored["centre"], stored["factor"]
            self._within_real[c] = mean_within(real.double(), CHUNK)
        self.by_class = None
