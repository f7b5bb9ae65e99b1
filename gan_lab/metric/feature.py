"""The house's own measure of images."""

from collections.abc import Callable
from pathlib import Path
from typing import final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.metric.base import Measure, Split
from gan_lab.metric.cache import TensorCache, Tensors, digest_of
from gan_lab.metric.extractor.base import HEAD_IMAGES, Extractor, affine_head
from gan_lab.metric.real_fake import RealFakeMetric
from gan_lab.metric.real_images import image_shape, quantised
from gan_lab.ranks import rank_zero_first

VERSION = 1
"""Of what a cached number means: raise it whenever the same key would lead to other numbers."""


@final
class FeatureMeasure(Measure):
    """Compares images by the features that an extractor sees in them: FID, precision, recall, KID.

    Real and generated images take one way: `images.to_uint8`, the extractor in full float32, the metrics.
    Real features are computed once by rank 0 and kept in `cache_dir` under a key of all that they depend
    on.
    """

    def __init__(
        self,
        *,
        extractor: Extractor,
        metrics: dict[str, RealFakeMetric],
        final_only: list[str],
        monitor: str,
        split: Split,
        batch_size: int,
        cache_dir: str,
    ) -> None:
        """`final_only` names those of `metrics` that are computed only for final results; `monitor` is a
        key of another. Raises GanLabError where either is not so."""
        super().__init__(split=split, monitor=monitor)
        self.extractor = extractor
        self.metrics = metrics
        self.final_only = final_only
        self.batch_size = batch_size
        self.cache = TensorCache(Path(cache_dir))
        if unknown := set(final_only) - set(metrics):
            raise GanLabError(f"metric.final_only names {sorted(unknown)}, but the metrics are {sorted(metrics)}")
        if monitor not in self._keys(final=False):
            raise GanLabError(f"metric.monitor={monitor} must be one of {list(self._keys(final=False))}")

    def _prepare(self) -> None:
        self.extractor.adapt(*image_shape(self._samples))
        self.extractor.to(self._device)
        if not self.extractor.has_head:
            self._fit_head()
        self._reference_images = quantised(self._samples, self.n)
        real = self._features_of(self._reference_images)
        for metric in self.metrics.values():
            metric.set_real(real)

    def _update(self, samples: Float[Tensor, " b *shape"]) -> None:
        for batch in to_uint8(samples).split(self.batch_size):
            features = self._extract(batch)
            for metric in self.metrics.values():
                metric.update(features)

    def _compute(self, final: bool) -> dict[str, float]:
        chosen = (metric for name, metric in self.metrics.items() if final or name not in self.final_only)
        return {key: value for metric in chosen for key, value in metric.compute().items()}

    def _compute_floor(self) -> dict[str, float]:
        images = quantised(self._train, self.n)

        def compute() -> Tensors:
            features = self._all_features(images).to(self._arithmetic)
            values = [value for metric in self.metrics.values() for value in metric.of(features).items()]
            return {key: torch.tensor(value, dtype=torch.float64) for key, value in values}

        key = self._key("floor", images) | {
            "reference": digest_of({"images": self._reference_images}),
            "metrics": repr([(metric.keys, metric.protocol()) for metric in self.metrics.values()]),
        }
        return {name: value.item() for name, value in self._cached(key, compute).items()}

    def _forget(self) -> None:
        for metric in self.metrics.values():
            metric.reset()

    def _keys(self, final: bool) -> tuple[str, ...]:
        chosen = (metric for name, metric in self.metrics.items() if final or name not in self.final_only)
        return tuple(key for metric in chosen for key in metric.keys)

    def _protocol(self) -> dict[str, str | int | float]:
        return {
            "extractor": self.extractor.name,
            "extractor_sha256": self.extractor.digest,
            "features": len(self.extractor.mean),
            "measure_version": VERSION,
            **{key: value for metric in self.metrics.values() for key, value in metric.protocol().items()},
        }

    def _fit_head(self) -> None:
        """Takes mean and scale from training images: the extractor was made for no data in particular."""
        images = quantised(self._train, HEAD_IMAGES)
        self.extractor.clear_head()

        def compute() -> Tensors:
            mean, scale = affine_head(self._all_features(images))
            return {"mean": mean, "scale": scale}

        self.extractor.set_head(**self._cached(self._key("head", images), compute))

    def _features_of(self, images: UInt8[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        """Features, from the disk if they are there, on the device of the metrics."""
        tensors = self._cached(self._key("features", images), lambda: {"features": self._all_features(images)})
        return tensors["features"].to(self._arithmetic)

    def _all_features(self, images: UInt8[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        return torch.cat([self._extract(batch) for batch in images.split(self.batch_size)])

    def _extract(self, images: UInt8[Tensor, "b c h w"]) -> Float[Tensor, "b d"]:
        return self.extractor(images.to(self._device)).to(self._arithmetic)

    def _cached(self, key: dict[str, str | int], compute: Callable[[], Tensors]) -> Tensors:
        """What rank 0 finds or computes; the others find it, or, without a common disk, do the same."""
        with rank_zero_first():
            return self.cache.get(key, compute)

    def _key(self, kind: str, images: UInt8[Tensor, "n c h w"]) -> dict[str, str | int]:
        """All that decides what the extractor makes of these images."""
        return {
            "kind": kind,
            "version": VERSION,
            "images": digest_of({"images": images}),
            "extractor": self.extractor.name,
            "weights": self.extractor.digest,
            "head": digest_of({"mean": self.extractor.mean, "scale": self.extractor.scale}),
            "dtype": "float32",
            "batch_size": self.batch_size,
            "device": self._device.type,
            "torch": torch.__version__,
        }

    @property
    def _arithmetic(self) -> torch.device:
        """Where the metrics compute: Apple's GPUs have no float64."""
        return torch.device("cpu") if self._device.type == "mps" else self._device
