"""The Fréchet distance by another extractor than that of the other measures."""

import inspect
from typing import final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.extractor.base import HEAD_IMAGES, Extractor, affine_head
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.frechet import frechet_distance, moments
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.runs.cache import Tensors


@final
class FrechetBy(GatheredMetric):
    """FID as in `FrechetDistance`, by an extractor of its own: `fid_random_v1` for the extractor random-v1.

    An extractor sees some faults of images and ignores others. Where two extractors order generators alike, the order
    is not the extractor's doing.
    """

    images: UInt8[Tensor, "n c h w"]

    def __init__(self, *, extractor: Extractor, batch_size: PositiveInt = 250) -> None:
        """`batch_size` is the number of images that the extractor sees at once; it affects only rounding errors."""
        super().__init__()
        self.extractor = extractor
        self.batch_size = batch_size
        self.register_buffer("images", torch.empty(0, 1, 1, 1, dtype=torch.uint8), persistent=False)

    @property
    def keys(self) -> tuple[str]:
        return (f"fid_{self.extractor.name.replace('-', '_')}",)

    @property
    def identity(self) -> str:
        return f"FrechetBy {self.version} {type(self.extractor).__name__} {self.extractor.name}, {self._weights}"

    def protocol(self) -> dict[str, str | int | float]:
        return {f"{self.keys[0]}_weights": self._weights}

    def compute(self) -> dict[str, float]:
        fake = self._seen(self.gathered())
        if len(fake) < 2:
            raise ValueError(f"a covariance needs 2 samples or more, not {len(fake)}")
        found = moments(fake)
        distance = frechet_distance(self._centre, self._factor, found["centre"], found["factor"] @ found["factor"].T)
        return {self.keys[0]: max(0.0, distance.item())}  # equal moments may end a rounding error below 0

    @property
    def _weights(self) -> str:
        """The settings of the extractor that determine its weights: the digest of some is known only after `adapt`."""
        names = [*inspect.signature(type(self.extractor).__init__).parameters][1:]
        settings = {name: getattr(self.extractor, name, None) for name in names if name != "name"}
        return ", ".join(f"{name} {value}" for name, value in settings.items() if value is not None)

    @property
    def _name(self) -> str:
        return f"{self.extractor.name} {self.extractor.digest}"

    def _kept(self, fake: Features) -> UInt8[Tensor, "n c h w"]:
        assert fake.images is not None
        return fake.images

    def _nothing(self) -> UInt8[Tensor, "0 c h w"]:
        return self.images

    def _take_real(self, reference: Reference) -> None:
        real = reference.real.images
        if real is None:
            raise ValueError("another extractor needs images, not features alone")
        self.images = real[:0]
        self.extractor.adapt(*real.shape[1:])
        self.extractor.to(real.device)
        if not self.extractor.has_head:
            self._fit_head(reference)
        part = Part(f"moments 1 by {self._name}", f"features of real images, for {self.keys[0]}")
        stored = reference.remember(part, lambda: moments(self._seen(real)))
        self._centre, self._factor = (stored[name].to(self.real.device) for name in ("centre", "factor"))

    def _fit_head(self, reference: Reference) -> None:
        """Fits mean and scale to training images. Raises ValueError where there are none."""
        if reference.train is None:
            raise ValueError(f"extractor {self.extractor.name} needs training images")
        train = reference.train(HEAD_IMAGES).images
        assert train is not None
        self.extractor.clear_head()

        def compute() -> Tensors:
            mean, scale = affine_head(self._seen(train))
            return {"mean": mean, "scale": scale}

        what = f"scale of {self.extractor.name} on {len(train):,} training images"
        part = Part(f"head by {self._name}", what, real=False, train=HEAD_IMAGES)
        self.extractor.set_head(**reference.remember(part, compute))

    def _seen(self, images: UInt8[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        """Returns the features of the images."""
        return torch.cat([self.extractor(batch) for batch in images.split(self.batch_size)])
