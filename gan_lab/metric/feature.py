"""The evaluator of images by features."""

from collections.abc import Callable
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
from gan_lab.metric.features import Features, Part, Reference
from gan_lab.metric.prepared import prepared_with
from gan_lab.metric.real_fake import RealFakeMetric, TooAlikeError
from gan_lab.metric.real_images import image_shape, quantised
from gan_lab.metric.timings import Timings
from gan_lab.runs.cache import TensorCache, Tensors, digest_of
from gan_lab.terminal.bar import bar, heading

VERSION = 2
"""The version of cached values: raise it when the same key would give other values."""
BLOCK = 10_000
"""The number of images whose features are cached together."""


@final
class FeatureMeasure(Evaluator):
    """Compares images by the features of an extractor.

    Real and generated images are processed alike: `images.to_uint8`, the extractor in full float32, the metrics. What
    depends on real images alone (features, radii, moments, the floor) is computed by rank 0 when it is first needed,
    and kept in `cache_dir` under a key of all that it depends on. For usual data, some of it comes with gan_lab.
    """

    reference_work = "measuring the real images"

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
        self.cache = TensorCache(Path(cache_dir), prepared_with(extractor.name))
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
        floor = f"real images get {self._floor_value('fid'):.3g}"
        return [f"FID of {self.n} images is too high, since there are {self._dim} features: {floor}"]

    @property
    def reference(self) -> Features:
        """The features of the real samples that generated ones are compared with."""
        if self._real_features is None:
            what = f"features of {self.n:,} {self.split} images, with which generated ones are compared"
            self._real_features = self._features_of(self._samples, self.n, what)
        return self._real_features

    def extract(self, images: UInt8[Tensor, "n c h w"], labels: Int[Tensor, " n"] | None = None) -> Features:
        """Returns the features of any images, in the form that metrics take."""
        self._fit_head()
        tensors = self._extract(images)
        return Features(tensors["features"], tensors.get("logits"), images, labels).to(self._arithmetic)

    def get_ready(self, final: bool = False) -> None:
        for name in self._names(final):
            # Whether or not there is anything left to do, so that ranks wait for each other equally often.
            with rank_zero_first():
                self._give_real_side(name)

    def _prepare(self) -> None:
        self.extractor.adapt(*image_shape(self._samples))
        self.extractor.to(self._device)
        self._has_head = self.extractor.has_head
        if not self._has_head:
            self.extractor.clear_head()
        features, logits = self.extractor.extract(quantised(self._samples, 1).to(self._device))
        self._dim = features.shape[1]
        self._digests: dict[tuple[str, int], str] = {}
        self._real_features: Features | None = None
        self._parts: list[Features] = []
        self._with_real_side: set[str] = set()
        self._floors: dict[str, dict[str, float]] = {}
        for name, metric in self._active.items():
            metric.plan(len(self._train))
            if metric.needs_classes and logits is None:
                needs = f"{type(metric).__name__} needs an extractor that is a classifier, but this one"
                raise GanLabError(f"metric.metrics.{name}: {needs} only gives features")
        self._timings = Timings(self.cache, self._timings_key())

    def _give_real_side(self, name: str) -> None:
        """Hands the real side to a metric that does not have it. What it needs of it is found or computed now."""
        metric = self.metrics[name]
        if name in self._with_real_side or name not in self._active:
            return
        try:
            with torch.inference_mode(False), torch.no_grad(), torch.autocast(self._device.type, enabled=False):
                metric.set_reference(Reference(self.reference, self._train_features, self._remember))
            self._with_real_side.add(name)
        except TooAlikeError as error:
            self.left_out |= dict.fromkeys(metric.keys, str(error))
        except ValueError as error:
            raise GanLabError(f"metric.metrics.{name}: {error}") from error

    def _update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None) -> None:
        self._fit_head()
        images = to_uint8(samples)
        chunks = [None] if labels is None else labels.split(self.batch_size)
        for batch, label in zip_longest(images.split(self.batch_size), chunks):
            features, logits = self.extractor.extract(batch)
            self._parts.append(Features(features, logits, batch, label).to(self._arithmetic))

    def _compute(self, final: bool) -> dict[str, float]:
        self.get_ready(final)
        values: dict[str, float] = {}
        for name in self._names(final):
            with self._timings.of(name), together():
                for part in self._parts:
                    self.metrics[name].update(part)
                values |= self.metrics[name].compute()
        if final:
            with rank_zero_first():
                self._timings.keep()
        return self._kept(values)

    def _compute_floor(self) -> dict[str, float]:
        return self._kept(
            {key: value for name in self._names(final=True) for key, value in self._floor_of(name).items()}
        )

    def _floor_of(self, name: str) -> dict[str, float]:
        """Returns the values of one metric for real images; none where those are too alike for it."""
        metric = self.metrics[name]

        def compute() -> Tensors:
            self._give_real_side(name)
            if name not in self._with_real_side:
                raise TooAlikeError
            values = metric.floor(self._train_features(self.n))
            return {key: torch.tensor(value, dtype=torch.float64) for key, value in values.items()}

        if name not in self._floors:
            measures = ", ".join(metric.keys)
            what = f"the floor of {measures}: the same measure of real images against real ones"
            labels = f", labels {self._labels_digest()}" if metric.uses_labels else ""
            part = Part(f"floor of {metric.identity}{labels}", what, train=len(self._train))
            try:
                found = self._remember(part, compute)
            except TooAlikeError:
                found = {}
            self._floors[name] = {key: value.item() for key, value in found.items()}
        return self._floors[name]

    def _floor_value(self, key: str) -> float:
        """Returns one value of the floor, without computing the others."""
        return next(self._floor_of(name)[key] for name, metric in self._active.items() if key in metric.keys)

    def expected_seconds(self, final: bool = False) -> float | None:
        return self._timings.expected(self._names(final))

    def _forget(self) -> None:
        self._parts = []
        for name in self._with_real_side:
            self.metrics[name].reset()

    def _keys(self, final: bool) -> tuple[str, ...]:
        names = self._names(final)
        return tuple(key for name in names for key in self.metrics[name].keys if key not in self.left_out)

    def _names(self, final: bool) -> list[str]:
        """Returns the names of the metrics of an evaluation; `final` adds the expensive ones."""
        return [name for name in self._active if final or name in self.while_training]

    @property
    def _active(self) -> dict[str, RealFakeMetric]:
        """The metrics of which not everything is left out."""
        return {name: metric for name, metric in self.metrics.items() if not self.left_out.keys() >= {*metric.keys}}

    def _kept(self, values: dict[str, float]) -> dict[str, float]:
        return {key: value for key, value in values.items() if key not in self.left_out}

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
            "reference_sha256": self._digest(self._samples, self.n),
            "measure_version": VERSION,
            **{key: value for metric in self._active.values() for key, value in metric.protocol().items()},
        }

    def _fit_head(self) -> None:
        """Fits mean and scale of the extractor to training images, where it was not made for particular data."""
        if self._has_head:
            return
        n = min(HEAD_IMAGES, len(self._train))

        def compute() -> Tensors:
            mean, scale = affine_head(self._extract(quantised(self._train, n))["features"])
            return {"mean": mean, "scale": scale}

        what = f"mean and scale of {self.extractor.name} on {n:,} training images, for features of any data"
        key = self._key("head", self._digest(self._train, n))
        with heading(preparing(what)):
            self.extractor.set_head(**self._cached(key, compute))
        self._has_head = True

    def _train_features(self, n: int) -> Features:
        n = min(n, len(self._train))
        return self._features_of(self._train, n, f"features of {n:,} training images, for floors and to tell copies")

    def _features_of(self, samples: Samples, n: int, what: str) -> Features:
        """Returns the features of the first n samples of a split, cached on disk, on the device of the metrics.

        They are cached in blocks, so that those of more images go on from those of fewer.
        """
        self._fit_head()
        images = quantised(samples, n)
        blocks = []
        with heading(preparing(what)):
            for block in images.split(BLOCK):
                key = self._key("seen", digest_of({"images": block}))
                blocks.append(self._cached(key, lambda block=block: self._extract(block)))
        tensors = {name: torch.cat([block[name] for block in blocks]) for name in blocks[0]}
        label = None if samples.labels is None else samples.labels[:n]
        return Features(tensors["features"], tensors.get("logits"), images, label).to(self._arithmetic)

    def _extract(self, images: UInt8[Tensor, "n c h w"]) -> Tensors:
        parts = bar(images.split(self.batch_size), f"features of {len(images)} images")
        features, logits = zip(*(self.extractor.extract(part.to(self._device)) for part in parts), strict=True)
        return {"features": torch.cat(features)} | ({} if logits[0] is None else {"logits": torch.cat(logits)})

    def _remember(self, part: Part, compute: Callable[[], Tensors]) -> Tensors:
        """Returns cached tensors that depend on the images that the part names and on its name."""
        self._fit_head()
        real = self._digest(self._samples, self.n) if part.real else "none"
        train = self._digest(self._train, min(part.train, len(self._train))) if part.train else "none"
        with heading(preparing(part.what)):
            return self._cached(self._key(part.name, real) | {"train": train}, compute)

    def _cached(self, key: dict[str, str | int], compute: Callable[[], Tensors]) -> Tensors:
        """Returns what rank 0 finds or computes; the others read it, or compute it too where there is no common
        disk."""
        with rank_zero_first():
            return self.cache.get(key, compute, self._where)

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

    @property
    def _where(self) -> dict[str, str | int]:
        """What only rounding errors depend on."""
        return {"batch_size": self.batch_size, "device": self._device.type, "torch": torch.__version__}

    def _timings_key(self) -> dict[str, str | int]:
        """Returns a key of what the time of the metrics depends on, and where it was taken."""
        metrics = repr({name: metric.identity for name, metric in self._active.items()})
        return {"kind": "seconds", "n": self.n, "features": self._dim, "metrics": metrics} | self._where

    def _digest(self, samples: Samples, n: int) -> str:
        """Returns the sha256 of the first n images of a split."""
        place = ("train" if samples is self._train else self.split, n)
        if place not in self._digests:
            self._digests[place] = digest_of({"images": quantised(samples, n)})
        return self._digests[place]

    def _labels_digest(self) -> str:
        """Returns the sha256 of the labels of the training images, if they have any."""
        labels = self._train.labels
        return "none" if labels is None else digest_of({"labels": labels})


def preparing(what: str) -> str:
    """Returns the heading while something dear is computed of real images."""
    return f"preparing {what} (once: kept for the next time)"
