"""The evaluator of points in the plane, or on a line."""

from typing import final

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import Positive, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.metric.base import Evaluator, Split
from gan_lab.metric.earth_mover import EarthMoverDistance
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.gathered import everyones
from gan_lab.metric.interval import TITLE, intervals
from gan_lab.metric.mode_coverage import ModeCoverage


@final
class PointMeasure(Evaluator):
    """Computes `EarthMoverDistance` and, if the data are a mixture of Gaussians, `ModeCoverage`.

    All measures are cheap, so final results contain the same measures as those during training.
    """

    def __init__(self, *, split: Split, emd_points: PositiveInt, high_quality_threshold: Positive) -> None:
        """`emd_points` is per side; `high_quality_threshold` is in standard deviations of a mode."""
        super().__init__(split=split, monitor="emd")
        self.threshold = high_quality_threshold
        self.emd = EarthMoverDistance(points=emd_points)
        self.modes: ModeCoverage | None = None

    @property
    def described(self) -> str:
        return "the positions of the points"

    def _prepare(self) -> None:
        points = self._real(self._samples, self.n).to(self._arithmetic)
        if points.ndim != 2 or points.shape[1] > 2:
            raise GanLabError(
                f"metric=points is for points in the plane or on a line, not for shape {list(points.shape[1:])}"
            )
        self.emd.set_reference(Reference(Features(points)))
        self.modes = self._new_modes()
        self._generated: list[Features] = []

    def _new_modes(self) -> ModeCoverage | None:
        modes, std = self._data.modes, self._data.mode_std
        if modes is None or std is None:
            return None
        return ModeCoverage(modes=modes.to(self._arithmetic), std=std, threshold=self.threshold)

    def _update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None) -> None:
        samples = samples.to(self._arithmetic)
        self._generated.append(Features(samples))
        self.emd.update(Features(samples))
        if self.modes is not None:
            self.modes.update(samples)

    def _compute(self, final: bool) -> dict[str, float]:
        values = self.emd.compute() | ({} if self.modes is None else self.modes.compute())
        if final and TITLE not in self.left_out:
            self.intervals = intervals(values, self._deviations(), {} if self.modes is None else self.modes.most())
        return values

    def _deviations(self) -> dict[str, float]:
        """Returns the standard deviations of the sampling errors of all measures."""
        reference = Reference(Features(self.emd.real))
        fake = everyones(self._generated, reference.real.map(lambda values: values[:0]))
        found = self.emd.deviations(fake, reference)
        return found if self.modes is None else found | self.modes.deviations(fake.features)

    def _compute_floor(self) -> dict[str, float]:
        points = self._real(self._train, self.n).to(self._arithmetic)
        values = self.emd.of(Features(points))
        if (modes := self._new_modes()) is not None:
            modes.sync_on_compute = modes._to_sync = False
            modes.update(points)
            values |= modes.compute()
        return values

    def _forget(self) -> None:
        self._generated = []
        self.emd.reset()
        if self.modes is not None:
            self.modes.reset()

    def _keys(self, final: bool) -> tuple[str, ...]:
        return self.emd.keys + (() if self.modes is None else self.modes.keys)

    def _protocol(self) -> dict[str, str | int | float]:
        if self.modes is None:
            return self.emd.protocol()
        stated = {"high_quality_threshold": self.threshold, "modes": len(self.modes.modes)}
        return self.emd.protocol() | stated
