"""The evaluator of images by features."""

import time
from collections.abc import Callable, Iterable
from itertools import zip_longest
from pathlib import Path
from typing import final

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.data.samples import Samples
from gan_lab.distributed.ranks import rank_zero_first, together
from gan_lab.domains import FolderPath, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.metric.base import Evaluator, Split
from gan_lab.metric.extractor.base import HEAD_IMAGES, Extractor, affine_head
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import RealFakeMetric, TooAlikeError
from gan_lab.metric.real_images import image_shape, quantised
from gan_lab.runs.cache import TensorCache, Tensors, digest_of
from gan_lab.terminal.bar import bar

VERSION = 2
"""The version of cached values: raise it when the same key would give other values."""
SECONDS = "seconds of "
"""What begins the name of a duration that is cached with a floor."""


@final
class FeatureMeasure(Evaluator):
    """Compares images by the features of an extractor.

    Real and generated images are processed alike: `images.to_uint8`, the extractor in full float32, the metrics. What
    depends on real images alone (features, radii, moments, the floor) is computed once by rank 0 and kept in
    `cache_dir` under a key of all that it depends on.
    """

    reference_work = "measuring the real images once, kept for later runs"

    def __init__(
        self,
        *,
        extractor: Extractor,
        metrics: dict[str, RealFakeMetric],
        while_training: list[str],
        monitor: str,
        split: Split,
        batch_size: PositiveInt,
        cache_dir: FolderPath,
    ) -> None:
        """`while_training` names those of `metrics` that every evaluation computes; the others are expensive and only
        computed for final results. `monitor` is a key of one of the former. Raises GanLabError where either is not so.
        """
        super().__init__(split=split, monitor=monitor)
        self.extractor = extractor
        self.metrics = metrics
        self.while_training = while_training
        self.batch_size = batch_size
        self.cache = TensorCache(Path(cache_dir))
        if unknown := set(while_training) - set(metrics):
            raise GanLabError(f"metric.while_training names {sorted(unknown)}, but the metrics are {sorted(metrics)}")
        if monitor not in self._keys(final=False):
            raise GanLabError(f"metric.monitor={monitor} must be one of {list(self._keys(final=False))}")

    @property
    def described(self) -> str:
        of = f"features of {self.extractor.described}"
        if self.extractor.made_for is None:
            return f"{of}: no extractor was made for these images"
        others = "" if self.extractor.fits(self._data) else " and not for these images"
        return f"{of}, made for {self.extractor.made_for}{others}"

    def warnings(self) -> list[str]:
        if few := super().warnings():
            return few
        if "fid" not in self._keys(final=True) or self.n >= self._dim:
            return []
        floor = f"real images get {self.floor()['fid']:.3g}"
        return [f"FID of {self.n} images is too high, since there are {self._dim} features: {floor}"]

    @property
    def reference(self) -> Features:
        """The features of the real samples that generated ones are compared with."""
        return self._real_features

    def extract(self, images: UInt8[Tensor, "n c h w"], labels: Int[Tensor, " n"] | None = None) -> Features:
        """Returns the features of any images, in the form that metrics take."""
        tensors = self._extract(images)
        return Features(tensors["features"], tensors.get("logits"), images, labels).to(self._arithmetic)

    def _prepare(self) -> None:
        self.extractor.adapt(*image_shape(self._samples))
        self.extractor.to(self._device)
        if not self.extractor.has_head:
            self._fit_head()
        self._reference_digest = digest_of({"images": quantised(self._samples, self.n)})
        self._train_digest = digest_of({"images": self._train.values})
        self._real_features = real = self._features_of(self._samples, self.n)
        self._dim = real.features.shape[1]
        for name, metric in self._active.items():
            try:
                metric.set_reference(Reference(real, self._train_features, self._remember))
            except TooAlikeError as error:
                self.left_out |= dict.fromkeys(metric.keys, str(error))
            except ValueError as error:
                raise GanLabError(f"metric.metrics.{name}: {error}") from error

    def _update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None) -> None:
        images = to_uint8(samples)
        chunks = [None] if labels is None else labels.split(self.batch_size)
        for batch, label in zip_longest(images.split(self.batch_size), chunks):
            features, logits = self.extractor.extract(batch)
            extracted = Features(features, logits, batch, label).to(self._arithmetic)
            for metric in self._active.values():
                metric.update(extracted)

    def _compute(self, final: bool) -> dict[str, float]:
        with together():
            return self._kept(item for metric in self._chosen(final) for item in metric.compute().items())

    def _compute_floor(self) -> dict[str, float]:
        def compute() -> Tensors:
            train = self._train_features(self.n)
            values: dict[str, float] = {}
            for name, metric in self._active.items():
                start = time.perf_counter()
                values |= metric.floor(train)
                values[SECONDS + name] = time.perf_counter() - start
            return {key: torch.tensor(value, dtype=torch.float64) for key, value in values.items()}

        metrics = repr([(type(metric).__name__, metric.protocol()) for metric in self._active.values()])
        found = {name: value.item() for name, value in self._remember(f"floor {metrics}", compute).items()}
        self._seconds = {name: value for name, value in found.items() if name.startswith(SECONDS)}
        return self._kept((name, value) for name, value in found.items() if not name.startswith(SECONDS))

    def expected_seconds(self, final: bool = False) -> float | None:
        names = [SECONDS + name for name in self._active if final or name in self.while_training]
        known = self._floor is not None and all(name in self._seconds for name in names)
        return sum(self._seconds[name] for name in names) if known else None

    def _forget(self) -> None:
        for metric in self._active.values():
            metric.reset()

    def _keys(self, final: bool) -> tuple[str, ...]:
        return tuple(key for metric in self._chosen(final) for key in metric.keys if key not in self.left_out)

    def _chosen(self, final: bool) -> list[RealFakeMetric]:
        return [metric for name, metric in self._active.items() if final or name in self.while_training]

    @property
    def _active(self) -> dict[str, RealFakeMetric]:
        """The metrics of which not everything is left out."""
        return {name: metric for name, metric in self.metrics.items() if not self.left_out.keys() >= {*metric.keys}}

    def _kept(self, values: Iterable[tuple[str, float]]) -> dict[str, float]:
        return {key: value for key, value in values if key not in self.left_out}

    def _least(self) -> dict[str, int]:
        return {key: least for metric in self.metrics.values() for key, least in metric.least().items()}

    def _not_of(self, data: DataModule) -> dict[str, str]:
        # With an extractor that is no classifier such a metric was asked for, and is refused with its own sentence.
        if not self.extractor.classes or self.extractor.classifies(data):
            return {}
        reason = f"{self.extractor.name} tells classes of {self.extractor.made_for} apart, not those of these images"
        return {key: reason for metric in self.metrics.values() if metric.needs_classes for key in metric.keys}

    def _protocol(self) -> dict[str, str | int | float]:
        return {
            "extractor": self.extractor.name,
            "extractor_made_for": self.extractor.purpose(self._data),
            "extractor_sha256": self.extractor.digest,
            "features": self._dim,
            "reference_sha256": self._reference_digest,
            "measure_version": VERSION,
            **{key: value for metric in self._active.values() for key, value in metric.protocol().items()},
        }

    def _fit_head(self) -> None:
        """Fits mean and scale of the extractor to training images, because it was not made for particular data."""
        images = quantised(self._train, HEAD_IMAGES)
        self.extractor.clear_head()

        def compute() -> Tensors:
            mean, scale = affine_head(self._extract(images)["features"])
            return {"mean": mean, "scale": scale}

        key = self._key("head", digest_of({"images": images}))
        self.extractor.set_head(**self._cached(key, compute))

    def _train_features(self, n: int) -> Features:
        return self._features_of(self._train, n)

    def _features_of(self, samples: Samples, n: int) -> Features:
        """Returns the features of the first n samples of a split, cached on disk, on the device of the metrics."""
        images = quantised(samples, n)
        tensors = self._cached(self._key("seen", digest_of({"images": images})), lambda: self._extract(images))
        label = None if samples.labels is None else samples.labels[:n]
        return Features(tensors["features"], tensors.get("logits"), images, label).to(self._arithmetic)

    def _extract(self, images: UInt8[Tensor, "n c h w"]) -> Tensors:
        parts = bar(images.split(self.batch_size), f"features of {len(images)} images")
        features, logits = zip(*(self.extractor.extract(part.to(self._device)) for part in parts), strict=True)
        return {"features": torch.cat(features)} | ({} if logits[0] is None else {"logits": torch.cat(logits)})

    def _remember(self, name: str, compute: Callable[[], Tensors]) -> Tensors:
        """Returns cached tensors that depend on the reference, the training images and what the name states."""
        return self._cached(self._key(name, self._reference_digest) | {"train": self._train_digest}, compute)

    def _cached(self, key: dict[str, str | int], compute: Callable[[], Tensors]) -> Tensors:
        """Returns what rank 0 finds or computes; the others read it, or compute it too where there is no common
        disk."""
        with rank_zero_first():
            return self.cache.get(key, compute)

    def _key(self, kind: str, images: str) -> dict[str, str | int]:
        """Returns a key of everything that determines the features of the images with this digest."""
        return {
            "kind": kind,
            "version": VERSION,
            "images": images,
            "extractor": self.extractor.name,
            "weights": self.extractor.digest,
            "head": digest_of({"mean": self.extractor.mean, "scale": self.extractor.scale}),
            "dtype": "float32",
            "batch_size": self.batch_size,
            "device": self._device.type,
            "torch": torch.__version__,
        }
