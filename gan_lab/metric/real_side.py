"""The real images of a comparison, and what is kept of them for the next time."""

from collections.abc import Callable
from functools import cached_property

import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from gan_lab.data.samples import Samples
from gan_lab.distributed.ranks import rank_zero_first
from gan_lab.maths.float64 import with_float64
from gan_lab.metric.extractor.base import HEAD_IMAGES, Extractor, affine_head
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.real_images import image_shape, quantised
from gan_lab.runs.cache import TensorCache, Tensors, digest_of
from gan_lab.terminal.bar import bar, heading

VERSION = 2
"""The version of cached values: raise it when the same key would give other values."""
BLOCK = 10_000
"""The number of images whose features are cached together."""


class RealSide:
    """Features of real images, and what metrics compute of them.

    Each is computed by rank 0 when it is first asked for, and kept in the cache under a key of all that it depends on.
    Meanwhile a line says what it is. What comes with gan_lab is not computed.
    """

    def __init__(
        self,
        extractor: Extractor,
        cache: TensorCache,
        *,
        samples: Samples,
        train: Samples,
        batch_size: int,
        device: torch.device,
    ) -> None:
        """`samples` are the real side of the comparison, `train` are all training images. Raises GanLabError where the
        extractor does not take such images."""
        self.extractor = extractor
        self.cache = cache
        self.samples = samples
        self.train = train
        self.batch_size = batch_size
        self.device = device
        extractor.adapt(*image_shape(samples))
        extractor.to(device)
        self._has_head = extractor.has_head
        if not self._has_head:
            extractor.clear_head()
        features, logits = extractor.extract(quantised(samples, 1).to(device))
        self.dim, self.classifies = features.shape[1], logits is not None
        self._train_digests: dict[int, str] = {}

    def fit_head(self) -> None:
        """Fits mean and scale of the extractor to training images, where it was not made for particular data."""
        if self._has_head:
            return
        images = quantised(self.train, HEAD_IMAGES)

        def compute() -> Tensors:
            mean, scale = affine_head(self._extract(images)["features"])
            return {"mean": mean, "scale": scale}

        with heading(waiting(f"scale of {self.extractor.name} on {len(images):,} training images")):
            self.extractor.set_head(**self._cached(self._key("head", digest_of({"images": images})), compute))
        self._has_head = True

    @cached_property
    def features(self) -> Features:
        """The features of the real side."""
        n = len(self.samples)
        return self._features_of(self.samples, n, f"features of {n:,} real images, to compare with")

    def train_features(self, n: int, why: str) -> Features:
        """Returns the features of the first n training images (all, if they are fewer)."""
        n = min(n, len(self.train))
        return self._features_of(self.train, n, f"features of {n:,} training images, {why}")

    def reference(self) -> Reference:
        """Returns what metrics take."""
        return Reference(self.features, lambda n: self.train_features(n, "to tell copies"), self.remember)

    def extract(self, images: UInt8[Tensor, "n c h w"], labels: Int[Tensor, " n"] | None = None) -> Features:
        """Returns the features of any images, in the form that metrics take, without caching them."""
        self.fit_head()
        return self._as_features(self._extract(images), images, labels)

    def remember(self, part: Part, compute: Callable[[], Tensors]) -> Tensors:
        """Returns the result of `compute`, cached by the images that the part depends on and by its name."""
        self.fit_head()
        key = self._key(part.name, self.digest if part.real else "none")
        key["train"] = self._train_digest(part.train) if part.train else "none"
        with heading(waiting(part.what)):
            return self._cached(key, compute)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the images of the real side."""
        return digest_of({"images": quantised(self.samples, len(self.samples))})

    @property
    def where(self) -> dict[str, str | int]:
        """What no more than rounding errors depend on."""
        return {"batch_size": self.batch_size, "device": self.device.type, "torch": torch.__version__}

    def _train_digest(self, n: int) -> str:
        n = min(n, len(self.train))
        if n not in self._train_digests:
            self._train_digests[n] = digest_of({"images": quantised(self.train, n)})
        return self._train_digests[n]

    def _features_of(self, samples: Samples, n: int, what: str) -> Features:
        """Returns the features of the first n samples.

        They are cached in blocks, so that those of more images go on from those of fewer.
        """
        self.fit_head()
        images = quantised(samples, n)
        with heading(waiting(what)):
            blocks = [self._block(block) for block in images.split(BLOCK)]
        tensors = {name: torch.cat([block[name] for block in blocks]) for name in blocks[0]}
        return self._as_features(tensors, images, None if samples.labels is None else samples.labels[:n])

    def _block(self, images: UInt8[Tensor, "n c h w"]) -> Tensors:
        return self._cached(self._key("seen", digest_of({"images": images})), lambda: self._extract(images))

    def _extract(self, images: UInt8[Tensor, "n c h w"]) -> Tensors:
        parts = bar(images.split(self.batch_size), f"features of {len(images)} images")
        features, logits = zip(*(self.extractor.extract(part.to(self.device)) for part in parts), strict=True)
        return {"features": torch.cat(features)} | ({} if logits[0] is None else {"logits": torch.cat(logits)})

    def _as_features(
        self, tensors: Tensors, images: UInt8[Tensor, "n c h w"], labels: Int[Tensor, " n"] | None
    ) -> Features:
        """Returns what was extracted, on the device of the metrics."""
        features = Features(tensors["features"], tensors.get("logits"), images, labels)
        return features.to(with_float64(self.device))

    def _cached(self, key: dict[str, str | int], compute: Callable[[], Tensors]) -> Tensors:
        """Returns what rank 0 finds or computes; the others read it, or compute it too where there is no common
        disk."""
        with rank_zero_first():
            return self.cache.get(key, compute, self.where)

    def _key(self, kind: str, images: str) -> dict[str, str | int]:
        """Returns a key of everything that determines what is computed of the features of the images with this
        digest."""
        return {
            "kind": kind,
            "version": VERSION,
            "images": images,
            "extractor": self.extractor.name,
            "weights": self.extractor.digest,
            "head": digest_of({"mean": self.extractor.mean, "scale": self.extractor.scale}),
            "dtype": "float32",
        }


def labels_digest(samples: Samples) -> str:
    """Returns the sha256 of the labels of the samples, if they have any."""
    return "none" if samples.labels is None else digest_of({"labels": samples.labels})


def waiting(what: str) -> str:
    """Returns the heading while something dear is computed of real images: in a line of 80 characters with the time."""
    return f"{what} (kept for next time)"
