"""The sampling errors of measures: against derivatives, halves and jackknives computed here, and against simulated laws
whose errors are seen."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from scipy.stats import binom
from torch import Tensor

from gan_lab.maths.sampling_error import balanced_halves, deviation_of_halves
from gan_lab.metric.class_balance import ClassBalance
from gan_lab.metric.earth_mover import EarthMoverDistance
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance, covariance_factor
from gan_lab.metric.frechet_influence import frechet_influences
from gan_lab.metric.inception_score import InceptionScore
from gan_lab.metric.interval import Interval, intervals
from gan_lab.metric.kernel import KernelDistance, means_between, means_within
from gan_lab.metric.mode_coverage import ModeCoverage, mode_coverage, mode_histogram
from gan_lab.metric.prdc import PRDC, prdc
from gan_lab.metric.prdc_halves import prdc_deviations
from gan_lab.metric.real_fake import RealFakeMetric

Draw = Callable[[torch.Generator], tuple[Features, Features]]


def normal(seed: int, n: int, d: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def weighted_frechet(x: Tensor, a: Tensor, y: Tensor, b: Tensor) -> float:
    """FID of weighted samples, by scipy's matrix square root; a covariance's weights sum to n / (n - 1)."""

    def moments(z: Tensor, w: Tensor) -> tuple[np.ndarray, np.ndarray]:
        mean = (w[:, None] * z).sum(0) / w.sum()
        covariance = (w[:, None] * (z - mean)).T @ (z - mean) / w.sum() * len(z) / (len(z) - 1)
        return mean.numpy(), covariance.numpy()

    (m, s), (n, t) = moments(x, a), moments(y, b)
    root = np.real(np.trace(sqrtm(s @ t)))
    return float(((m - n) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * root)


def test_influences_on_fid_are_its_derivatives_by_weights() -> None:
    x, y = normal(0, 400, 3).double(), (1.5 * normal(1, 300, 3) + 0.5).double()
    of_real, of_fake = frechet_influences(x, covariance_factor(x - x.mean(0)), y)
    a, b, step = torch.ones(400).double(), torch.ones(300).double(), 1e-3
    for i in range(0, 300, 70):
        up, down = (b.index_put((torch.tensor(i),), torch.tensor(1 + s).double()) for s in (step, -step))
        slope = (weighted_frechet(x, a, y, up) - weighted_frechet(x, a, y, down)) / (2 * step)
        assert slope == pytest.approx((of_fake[i] - of_fake.mean()).item() / 300, rel=0.01, abs=1e-4)
        up, down = (a.index_put((torch.tensor(i),), torch.tensor(1 + s).double()) for s in (step, -step))
        slope = (weighted_frechet(x, up, y, b) - weighted_frechet(x, down, y, b)) / (2 * step)
        assert slope == pytest.approx((of_real[i] - of_real.mean()).item() / 400, rel=0.01, abs=1e-4)


@pytest.mark.parametrize(("n", "m"), [(200, 230), (129, 90)])
def test_deviations_of_neighbours_are_those_of_halves_measured_apart(n: int, m: int) -> None:
    real, fake = normal(0, n, 6), 0.8 * normal(1, m, 6) + 0.2
    sides = balanced_halves(n, 64, "real"), balanced_halves(m, 64, "fake")
    halves: list[list[list[float]]] = [[], []]
    for of_real, of_fake in zip(*sides, strict=True):
        for place, (x, y) in enumerate(((real[of_real], fake[of_fake]), (real[~of_real], fake[~of_fake]))):
            near, dense = prdc(x, y, (3, 5))[3], prdc(x, y, (3, 5))[5]
            halves[place].append([near.precision, near.recall, dense.density, dense.coverage])
    near, dense = prdc(real, fake, (3, 5))[3], prdc(real, fake, (3, 5))[5]
    ones, others = (torch.tensor(half, dtype=torch.float64) for half in halves)
    expected = []
    for i, value in enumerate([near.precision, near.recall, dense.density, dense.coverage]):
        if i == 2:
            expected.append(deviation_of_halves(ones[:, i], others[:, i]))
        else:
            angles = ones[:, i].sqrt().asin(), others[:, i].sqrt().asin()
            expected.append(2 * math.sqrt(value * (1 - value)) * deviation_of_halves(*angles))
    for chunk in (None, 32):
        assert prdc_deviations(real, fake, 3, 5, chunk=chunk) == pytest.approx(expected, rel=1e-5)


def test_halves_with_too_few_samples_have_no_deviation() -> None:
    assert prdc_deviations(normal(0, 11, 2), normal(1, 30, 2), 3, 5) is None
    assert prdc_deviations(normal(0, 16, 2), normal(1, 30, 2), 3, 5) is not None


def test_mean_kernels_by_definition() -> None:
    x, y = normal(0, 50, 4).double(), normal(1, 33, 4).double()
    within, between = (x @ x.T / 4 + 1) ** 3, (x @ y.T / 4 + 1) ** 3
    torch.testing.assert_close(means_within(x, 16), (within.sum(1) - within.diagonal()) / 49)
    for found, expected in zip(means_between(x, y, 16), (between.mean(1), between.mean(0)), strict=True):
        torch.testing.assert_close(found, expected)


def set_up(metric: RealFakeMetric, real: Features) -> RealFakeMetric:
    metric.set_reference(Reference(real))
    return metric


def test_the_deviation_of_kid_is_near_the_jackknife() -> None:
    real, fake = normal(0, 120, 3), 1.2 * normal(1, 90, 3) + 0.3
    metric = set_up(KernelDistance(), Features(real))
    found = metric.deviations(Features(fake), Reference(Features(real)))["kid"]

    def kid(x: Tensor, y: Tensor) -> float:
        return set_up(KernelDistance(), Features(x)).of(Features(y))["kid"]

    without_real = [kid(torch.cat([real[:i], real[i + 1 :]]), fake) for i in range(120)]
    without_fake = [kid(real, torch.cat([fake[:i], fake[i + 1 :]])) for i in range(90)]
    variance = sum((len(v) - 1) ** 2 / len(v) * np.var(v, ddof=1) for v in (without_real, without_fake))
    assert found == pytest.approx(math.sqrt(variance), rel=0.03)


def gaussians(n: int, d: int, scale: float, shift: float) -> Draw:
    def draw(generator: torch.Generator) -> tuple[Features, Features]:
        x, y = torch.randn(2, n, d, generator=generator)
        return Features(x), Features(scale * y + shift)

    return draw


def classes(n: int, tilt: float) -> Draw:
    """Logits of ten classes, which the generator draws unequally often."""

    def draw(generator: torch.Generator) -> tuple[Features, Features]:
        p = torch.ones(10), torch.linspace(1, tilt, 10)
        kinds = [torch.multinomial(each, n, replacement=True, generator=generator) for each in p]
        logits = [
            2 * torch.randn(n, 10, generator=generator) + 6 * torch.nn.functional.one_hot(kind, 10) for kind in kinds
        ]
        real, fake = (Features(each, each) for each in logits)
        return real, fake

    return draw


def ring(generator: torch.Generator, n: int = 500) -> Tensor:
    """Eight modes, of which some are more frequent."""
    angle = torch.multinomial(torch.linspace(1, 3, 8), n, replacement=True, generator=generator) * math.pi / 4
    return torch.stack([angle.cos(), angle.sin()], 1) + 0.1 * torch.randn(n, 2, generator=generator)


def covered(make: Callable[[], RealFakeMetric], draw: Draw, repeats: int) -> dict[str, float]:
    """How often the interval of a value contains the mean of the values, by key."""
    generator = torch.Generator().manual_seed(0)
    values, found = [], []
    for _ in range(repeats):
        real, fake = draw(generator)
        metric = set_up(make(), real)
        values.append(metric.of(fake))
        found.append(intervals(values[-1], metric.deviations(fake, Reference(real))))
    return {key: share_that_contains_the_mean(key, values, found) for key in {key for each in found for key in each}}


def share_that_contains_the_mean(
    key: str, values: Sequence[Mapping[str, float]], found: Sequence[Mapping[str, Interval]]
) -> float:
    """How often the interval contains the mean; a value without one stands alone, and contains only itself."""
    mean = np.mean([value[key] for value in values])
    ends = [each.get(key, (value[key], value[key])) for value, each in zip(values, found, strict=True)]
    return float(np.mean([low <= mean <= high for low, high in ends]))


FAR = gaussians(300, 4, 0.7, 0.3)
FLOOR = gaussians(300, 4, 1.0, 0.0)
LAWS: dict[str, tuple[Callable[[], RealFakeMetric], Draw]] = {
    "fid far": (FrechetDistance, FAR),
    "fid floor": (FrechetDistance, FLOOR),
    "fid of few samples": (FrechetDistance, gaussians(40, 16, 0.7, 0.3)),
    "kid far": (KernelDistance, FAR),
    "kid floor": (KernelDistance, FLOOR),
    "neighbours far": (PRDC, gaussians(192, 4, 0.7, 0.3)),
    "neighbours floor": (lambda: PRDC(density_k=2), gaussians(192, 4, 1.0, 0.0)),
    "classes far": (ClassBalance, classes(400, 3.0)),
    "classes floor": (ClassBalance, classes(400, 1.0)),
    "inception score": (lambda: InceptionScore(splits=1), classes(400, 3.0)),
    "emd far": (lambda: EarthMoverDistance(points=100), gaussians(100, 2, 0.7, 0.5)),
    "emd floor": (lambda: EarthMoverDistance(points=100), gaussians(100, 2, 1.0, 0.0)),
}


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
def test_intervals_contain_the_mean_in_95_of_100_cases(law: str) -> None:
    repeats = 50 if law.startswith(("neighbours", "classes")) else 200
    least = binom.ppf(1e-3, repeats, 0.95) / repeats
    found = covered(*LAWS[law], repeats)
    print(law, found)
    for key, share in found.items():
        assert share >= least, (key, share)


def test_no_interval_exceeds_what_the_number_of_classes_allows() -> None:
    """Of logits that are nearly certain and nearly even, and of points of 25 modes, one of which has a single point."""
    logits = 12 * torch.nn.functional.one_hot(torch.arange(200) % 10, 10) + normal(0, 200, 10)
    most: dict[str, float] = {}
    found: dict[str, Interval] = {}
    for metric in (InceptionScore(), ClassBalance()):
        set_up(metric, Features(logits, logits))
        fake = Features(logits[:187], logits[:187])
        most |= metric.most()
        found |= intervals(metric.of(fake), metric.deviations(fake, Reference(Features(logits, logits))), metric.most())
    modes = ModeCoverage(modes=torch.cartesian_prod(*2 * [torch.arange(5.0)]), std=0.1, threshold=3.0)
    points = modes.modes.repeat(4, 1)[:76]
    modes.update(points[24:])
    found |= intervals(modes.compute(), modes.deviations(points[24:]), modes.most())
    most |= modes.most()
    assert most == {
        **{"inception_score": 10.0, "inception_score_10": 10.0, "class_least_share": 0.1, "classes_covered": 10.0},
        **{"class_entropy": pytest.approx(math.log(10)), "modes_covered": 25.0},
    }
    for key, end in most.items():
        if key in found:
            assert found[key][0] < found[key][1] <= end, key
    assert {"inception_score", "class_entropy", "modes_covered"} <= found.keys()
    assert found["modes_covered"][1] == 25.0
    assert found["inception_score"][1] == 10.0


def test_of_samples_that_share_their_parts_intervals_are_too_narrow() -> None:
    """Why data say whether their samples are independent: triples of few digits are not."""

    def draw(pool: int) -> Draw:
        def drawn(generator: torch.Generator) -> tuple[Features, Features]:
            digits = torch.randn(pool, 2, generator=generator)
            real = digits[torch.randint(pool, (1000, 3), generator=generator)].flatten(1)
            return Features(real), Features(0.7 * torch.randn(1000, 6, generator=generator) + 0.3)

        return drawn

    assert covered(FrechetDistance, draw(100), 100)["fid"] < 0.5
    assert covered(FrechetDistance, draw(100_000), 100)["fid"] > 0.85


@pytest.mark.slow
def test_intervals_of_modes_contain_the_mean() -> None:
    angle = torch.arange(8) * math.pi / 4
    modes = ModeCoverage(modes=torch.stack([angle.cos(), angle.sin()], 1), std=0.1, threshold=3.0)
    generator = torch.Generator().manual_seed(0)
    drawn = [ring(generator) for _ in range(80)]
    values = [mode_coverage(mode_histogram(points, modes.modes, 0.1, 3.0), 3.0) for points in drawn]
    found = [intervals(value, modes.deviations(points)) for value, points in zip(values, drawn, strict=True)]
    for key in values[0]:
        assert share_that_contains_the_mean(key, values, found) >= binom.ppf(1e-3, 80, 0.95) / 80, key
