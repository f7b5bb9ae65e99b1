"""How well a generator makes given real images, by finding their codes."""

from typing import final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.domains import PositiveInt
from gan_lab.images import from_uint8
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import GatheredMetric, TooAlikeError
from gan_lab.prior.code_search import CodeSearch, squared_error

AT_ONCE = 1000
"""Training images that are compared with each real image together."""


@final
class Reconstruction(GatheredMetric):
    """The mean squared pixel error with which the generator makes real images whose codes are sought (`CodeSearch`).

    `reconstruction` is the mean over the first `images` real images of the comparison, in [-1, 1], and
    `reconstruction_worst` that of the class with the largest mean: an image or a class that the generator cannot make
    has no code, and a large error. It says whether a generator covers the data, and not how often it draws what.
    `reconstruction_own` is that of as many generated images. The generator makes each of these exactly, so this is the
    error that the search leaves; what the others have above it is the generator's.

    In the floor the generator is one that makes the training images and no others, as many as there are real images:
    each real image is reconstructed by the nearest of them, and an own image by itself. A generator that
    generalises can have a lower error than that.

    The search has the same candidates at each call, so that the values of one generator and the same images are the
    same. Source: Metz et al. 2017 (arXiv 1611.02163), where errors of inversion show what a GAN leaves out.
    *Deviations:* Adam instead of L-BFGS, and a mean by class. It does not use the extractor.
    """

    needs_generator = True
    needs_real_labels = True
    title_by_class = "Error with which images of each class are reconstructed"
    keys = ("reconstruction", "reconstruction_worst", "reconstruction_own")

    def __init__(self, *, images: PositiveInt, descent: CodeSearch) -> None:
        """`images` is the number of images of each kind whose codes are sought."""
        super().__init__()
        self.images = images
        self.descent = descent

    @property
    def identity(self) -> str:
        return f"Reconstruction {self.version} {self.images}"

    def protocol(self) -> dict[str, str | int | float]:
        stated = {"images": self.images, **self.descent.stated()}
        return {f"reconstruction_{name}": value for name, value in stated.items()}

    def compute(self) -> dict[str, float]:
        own = self.gathered()[: self.images]
        errors = self._errors(torch.cat([self._real_images, own]))
        self._error, self._own = errors.split([len(self._real_images), len(own)])
        self.compared, each = self._by_class(self._error)
        self.by_class = {"reconstruction": each}
        return self._values(self._error, self._own)

    def floor(self, train: Features) -> dict[str, float]:
        assert train.images is not None
        real = from_uint8(self._real_images)
        error = torch.full((len(real),), torch.inf, device=real.device)
        for part in map(from_uint8, train.images.split(AT_ONCE)):
            error = error.minimum(torch.stack([squared_error(part, image).amin() for image in real]))
        return self._values(error, torch.zeros_like(error))

    def deviations(self, fake: Features, reference: Reference) -> dict[str, float]:
        kinds = (("reconstruction", self._error), ("reconstruction_own", self._own))
        return {name: (error.std() / len(error) ** 0.5).item() for name, error in kinds if len(error) > 1}

    def _errors(self, images: UInt8[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
        """Returns the error of each image; ranks divide the work."""
        if self.networks is None:
            raise ValueError("codes are sought for a generator, and there is none")
        generator, prior = self.networks
        error = torch.zeros(len(images), device=images.device)
        mine = torch.tensor(share(range(len(images))), device=images.device)
        if len(mine):
            found = self.descent.find(generator, prior, from_uint8(images[mine]), "reconstruction")
            error[mine] = found.error.to(error)
        return total(error)

    def _values(self, error: Float[Tensor, " n"], own: Float[Tensor, " m"]) -> dict[str, float]:
        values = (error.mean(), self._by_class(error)[1].max(), own.mean())
        return dict(zip(self.keys, (value.item() for value in values), strict=True))

    def _by_class(self, error: Float[Tensor, " n"]) -> tuple[list[int], Float[Tensor, " c"]]:
        """Returns the classes that there are, and the mean error of each."""
        classes = self._real_label.unique()
        return classes.tolist(), torch.stack([error[self._real_label == c].mean() for c in classes]).cpu()

    def _kept(self, fake: Features) -> UInt8[Tensor, "n c h w"]:
        assert fake.images is not None
        return fake.images

    def _nothing(self) -> UInt8[Tensor, "0 c h w"]:
        return self._real_images[:0]

    def _take_real(self, reference: Reference) -> None:
        real = reference.real
        if real.images is None:
            raise ValueError("codes are sought for images, not for features")
        if real.label is None:
            raise TooAlikeError("real images with class labels are needed")
        self._real_images, self._real_label = real.images[: self.images], real.label[: self.images]
        self.by_class = None
