"""The evaluator of images by features."""

from itertools import zip_longest
from pathlib import Path
from typing import final

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.distributed.ranks import rank_zero_first, together
from gan_lab.domains import FolderPath, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.metric.base import Evaluator, Split
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.features import Features, Part
from gan_lab.metric.gathered import everyones
from gan_lab.metric.interval import TITLE, intervals
from gan_lab.metric.real_fake import RealFakeMetric, TooAlikeError
from gan_lab.metric.real_side import VERSION, RealSide, labels_digest
from gan_lab.metric.shipped import shipped_with
from gan_lab.metric.timings import Timings
from gan_lab.network.base import Generator
from gan_lab.prior.base import LatentPrior
from gan_lab.runs.cache import TensorCache, Tensors

INTERVALS = "intervals"
"""What takes time besides the metrics."""


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
        self.cache = TensorCache(Path(cache_dir), shipped_with(extractor.name))
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
        if "fid" not in self._keys(final=True) or self.n >= self._side.dim:
            return []
        floor = f"real images get {self._floor_value('fid'):.3g}"
        return [f"FID of {self.n} images is too high, since there are {self._side.dim} features: {floor}"]

    @property
    def reference(self) -> Features:
        """The features of the real samples that generated ones are compared with."""
        return self._side.features

    def set_label_classes(self, classes: int) -> None:
        super().set_label_classes(classes)
        for metric in self.metrics.values():
            metric.label_classes = classes

    def set_networks(self, networks: tuple[Generator, LatentPrior] | None) -> None:
        super().set_networks(networks)
        for metric in self.metrics.values():
            metric.networks = networks

    @property
    def by_class(self) -> dict[str, dict[str, list[int | float]]]:
        return {
            name: {"class": [*metric.compared], **{key: value.tolist() for key, value in metric.by_class.items()}}
            for name, metric in self.metrics.items()
            if metric.by_class is not None
        }

    def extract(self, images: UInt8[Tensor, "n c h w"], labels: Int[Tensor, " n"] | None = None) -> Features:
        """Returns the features of any images, in the form that metrics take."""
        return self._side.extract(images, labels)

    def get_ready(self, final: bool = False) -> None:
        for name in self._names(final):
            # Whether or not there is anything left to do, so that ranks wait for each other equally often.
            with rank_zero_first():
                self._give_real_side(name)
                if final and name in self._with_real_side and TITLE not in self.left_out:
                    self.metrics[name].prepare_deviations(self._side.reference())

    def _prepare(self) -> None:
        self._side = RealSide(
            self.extractor,
            self.cache,
            samples=self._samples.subset(slice(self.n)),
            train=self._train,
            batch_size=self.batch_size,
            device=self._device,
        )
        self._generated: list[Features] = []
        self._with_real_side: set[str] = set()
        self._floors: dict[str, dict[str, float]] = {}
        for name, metric in self._active.items():
            metric.plan(len(self._train))
            if metric.needs_classes and not self._side.classifies:
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
                metric.set_reference(self._side.reference())
            self._with_real_side.add(name)
        except TooAlikeError as error:
            self.left_out |= dict.fromkeys(metric.keys, str(error))
        except ValueError as error:
            raise GanLabError(f"metric.metrics.{name}: {error}") from error

    def _update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None) -> None:
        self._side.fit_head()
        images = to_uint8(samples)
        chunks = [None] if labels is None else labels.split(self.batch_size)
        for batch, label in zip_longest(images.split(self.batch_size), chunks):
            features, logits = self.extractor.extract(batch)
            self._generated.append(Features(features, logits, batch, label).to(self._arithmetic))

    def _compute(self, final: bool) -> dict[str, float]:
        self.get_ready(final)
        values: dict[str, float] = {}
        for name in self._names(final):
            with self._timings.of(name), together():
                for some in self._generated:
                    self.metrics[name].update(some)
                values |= self.metrics[name].compute()
        if final:
            with self._timings.of(INTERVALS), together():
                most = {key: value for name in self._names(final) for key, value in self.metrics[name].most().items()}
                self.intervals = intervals(self._kept(values), self._deviations(), most)
            with rank_zero_first():
                self._timings.keep()
        return self._kept(values)

    def _deviations(self) -> dict[str, float]:
        """Returns the standard deviations of the sampling errors of all measures that have one; none where intervals
        are left out."""
        if TITLE in self.left_out:
            return {}
        reference = self._side.reference()
        fake = everyones(self._generated, reference.real.map(lambda values: values[:0]))
        found = [self.metrics[name].deviations(fake, reference) for name in self._names(final=True)]
        return {key: value for deviations in found for key, value in deviations.items()}

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
            values = metric.floor(self._side.train_features(self.n, "for floors"))
            return {key: torch.tensor(value, dtype=torch.float64) for key, value in values.items()}

        if name not in self._floors:
            what = f"floor of {metric.keys[0]}, its value for real images"
            labels = f", labels {labels_digest(self._train)}" if metric.uses_labels else ""
            labels += f", real labels {labels_digest(self._side.samples)}" if metric.needs_real_labels else ""
            part = Part(f"floor of {metric.identity}{labels}", what, train=len(self._train))
            try:
                found = self._side.remember(part, compute)
            except TooAlikeError:
                found = {}
            self._floors[name] = {key: value.item() for key, value in found.items()}
        return self._floors[name]

    def _floor_value(self, key: str) -> float:
        """Returns one value of the floor, without computing the others."""
        return next(self._floor_of(name)[key] for name, metric in self._active.items() if key in metric.keys)

    def expected_seconds(self, final: bool = False) -> float | None:
        return self._timings.expected([*self._names(final), *([INTERVALS] if final else [])])

    def _forget(self) -> None:
        self._generated = []
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
        every = self.metrics.values()
        reason = "real images with class labels are needed"
        reasons = {key: reason for metric in every if metric.needs_real_labels for key in metric.keys}
        reasons = {} if data.num_classes else reasons
        reason = "the generator was not trained with the classes of these images"
        asked = {key: reason for metric in every if metric.needs_label_classes for key in metric.keys}
        reasons = ({} if self.label_classes else asked) | reasons
        reason = "image files have no generator whose codes could be sought"
        seeking = {key: reason for metric in every if metric.needs_generator for key in metric.keys}
        reasons |= {} if self.networks else seeking
        reason = "the samples have no components, since they were drawn from no mixture and for no classes"
        mixed = {key: reason for metric in every if metric.needs_components for key in metric.keys}
        reasons |= {} if self.networks and self.networks[1].components else mixed
        if data.dependence:
            reasons |= {key: data.dependence for metric in every for key in metric.of_independent}
        if (why := self.extractor.tells_no_classes(data)) is None:
            return reasons
        scored = self.extractor.scores_any_images
        others = [metric for metric in every if metric.needs_classes and not (scored and metric.takes_any_classes)]
        return reasons | {key: why for metric in others for key in metric.keys}

    def _protocol(self) -> dict[str, str | int | float]:
        return {
            "extractor": self.extractor.name,
            "extractor_made_for": self.extractor.purpose(self._data),
            "extractor_sha256": self.extractor.digest,
            "features": self._side.dim,
            "reference_sha256": self._side.digest,
            "measure_version": VERSION,
            **{key: value for metric in self._active.values() for key, value in metric.protocol().items()},
        }

    def _timings_key(self) -> dict[str, str | int]:
        """Returns a key of what the time of the metrics depends on, and where it was taken."""
        metrics = repr({name: metric.identity for name, metric in self._active.items()})
        return {
            "kind": "seconds",
            "intervals": 1,
            "n": self.n,
            "features": self._side.dim,
            "metrics": metrics,
            **self._side.where,
        }
