import math
import warnings

import pytest
import torch
from torch import Tensor

from gan_lab.data.digits import Digits
from gan_lab.data.point_mass import PointMass
from gan_lab.data.ring import Ring
from gan_lab.data.samples import Samples
from gan_lab.data.swiss_roll import SwissRoll
from gan_lab.errors import GanLabError
from gan_lab.metric.earth_mover import EarthMoverDistance, earth_mover_distance
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.mode_coverage import ModeCoverage, mode_coverage, mode_histogram
from gan_lab.metric.points import PointMeasure
from tests.metric.conftest import CPU


def normal(seed: int, n: int) -> Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


def points_of(samples: Samples, n: int) -> Tensor:
    return samples.batch(torch.arange(n)).images


@pytest.fixture
def measure(ring: Ring) -> PointMeasure:
    measure = PointMeasure(split="validation", emd_points=200, high_quality_threshold=4.0)
    measure.prepare(ring, 2000, 0, CPU)
    return measure


def measured(measure: PointMeasure, points: Tensor) -> dict[str, float]:
    for part in points.split(300):
        measure.update(part)
    return measure.compute()


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_samples_are_refused_and_nothing_else_is_said(measure: PointMeasure, n: int) -> None:
    measure.update(normal(0, 10))
    measure.compute()
    if n:
        measure.update(normal(0, n))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torchmetrics warns of sums to which nothing was ever added
        with pytest.raises(ValueError, match=f"{n} generated samples cannot be measured"):
            measure.compute()


def test_a_translation_costs_its_length() -> None:
    points = normal(0, 100)
    shifted = points[torch.randperm(100, generator=torch.Generator().manual_seed(1))] + torch.tensor([3.0, -4.0])
    assert earth_mover_distance(points, shifted) == pytest.approx(5.0, rel=1e-6)


def test_the_cheapest_matching_is_found() -> None:
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    y = torch.tensor([[1.0, 1.0], [0.0, 3.0]])
    straight, crossed = (math.sqrt(2) + math.sqrt(10)) / 2, (3 + 1) / 2
    assert earth_mover_distance(x, y) == pytest.approx(min(straight, crossed))


def test_in_one_dimension_sorting_is_optimal() -> None:
    x, y = normal(0, 300)[:, :1], normal(1, 300)[:, :1] * 2
    expected = (x.sort(0).values - y.sort(0).values).abs().double().mean()
    assert earth_mover_distance(x, y) == pytest.approx(expected.item(), rel=1e-6)


def test_the_smaller_side_decides_how_many_are_matched() -> None:
    metric = EarthMoverDistance(points=50)
    metric.set_reference(Reference(Features(normal(0, 80))))
    metric.update(Features(normal(0, 80)[:30] + torch.tensor([1.0, 0.0])))
    assert metric.compute()["emd"] == pytest.approx(1.0, rel=1e-5)
    with pytest.raises(ValueError, match="at least one point on each side"):
        earth_mover_distance(normal(0, 0), normal(0, 0))


@pytest.mark.parametrize("threshold", [2.0, 3.0, 4.0])
def test_true_samples(ring: Ring, threshold: float) -> None:
    metric = ModeCoverage(modes=ring.modes, std=ring.mode_std, threshold=threshold)
    metric.update(ring.train.values)
    values = metric.compute()
    share = 1 - math.exp(-(threshold**2) / 2)
    sd = math.sqrt(share * (1 - share) / len(ring.train))
    assert abs(values["high_quality_share"] - share) < 4 * sd
    assert values["modes_covered"] == 8
    assert 0 <= values["reverse_kl"] < 4 * 8 / (2 * len(ring.train))


def test_a_mode_needs_one_good_sample() -> None:
    modes = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    points = torch.tensor([[0.1, 0.0], [0.0, -0.2], [10.0, 0.39], [0.41, 10.0], [5.0, 5.0]])
    assert mode_histogram(points, modes, std=0.1, threshold=4.0).tolist() == [2, 1, 0, 2]


def test_reverse_kl_by_hand() -> None:
    counts, none = torch.tensor([6, 2, 0, 2]), math.exp(-4.5)
    p = (1 - none) / 3
    expected = 0.6 * math.log(0.6 / p) + 0.2 * math.log(0.2 / p) + 0.2 * math.log(0.2 / none)
    values = mode_coverage(counts, threshold=3.0)
    assert values["reverse_kl"] == pytest.approx(expected, rel=1e-12)
    assert values["modes_covered"] == 2
    assert values["high_quality_share"] == pytest.approx(0.8)


def test_the_data_themselves(measure: PointMeasure, ring: Ring) -> None:
    values = measured(measure, points_of(ring.test, 2000))
    assert list(values) == ["emd", "modes_covered", "high_quality_share", "reverse_kl"]
    assert values["modes_covered"] == 8
    assert values["emd"] < 0.5
    assert measured(measure, points_of(ring.validation, 2000))["emd"] == 0.0


def test_a_generator_that_misses_modes(measure: PointMeasure, ring: Ring) -> None:
    one_mode = ring.modes[:1] + ring.mode_std * normal(0, 2000)
    values = measured(measure, one_mode)
    assert values["modes_covered"] == 1
    assert values["high_quality_share"] > 0.99
    assert values["reverse_kl"] == pytest.approx(math.log(8), abs=0.01)
    centre = measured(measure, 0.01 * normal(0, 2000))
    assert centre["modes_covered"] == 0
    assert centre["emd"] == pytest.approx(math.sqrt(2), abs=0.02)  # the radius of the ring


def test_floor_is_that_of_training_points(measure: PointMeasure, ring: Ring) -> None:
    measure.update(points_of(ring.test, 100))
    floor = measure.floor()
    measure.update(points_of(ring.test, 2000)[100:])
    assert measure.compute() == measured(measure, points_of(ring.test, 2000))
    assert floor == measured(measure, points_of(ring.train, 2000))


def test_points_that_are_not_finite(measure: PointMeasure, ring: Ring) -> None:
    points = points_of(ring.test, 100).clone()
    points[5, 1] = math.nan
    with pytest.warns(UserWarning, match="1 of 100"):
        values = measured(measure, points)
    assert list(values) == ["emd", "modes_covered", "high_quality_share", "reverse_kl"]
    assert all(math.isnan(value) for value in values.values())


def test_data_without_modes() -> None:
    data = SwissRoll(shape=(2,), num_classes=0, batch_size=64, seed=0, split_seed=0)
    data.setup()
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    measure.prepare(data, 500, 0, CPU)
    assert list(measured(measure, points_of(data.test, 500))) == ["emd"]
    assert list(measure.floor()) == ["emd"]
    assert measure.protocol() == {
        "split": "validation",
        "reference_n": 500,
        "floor_n": 500,
        "emd_points": 100,
    }


def test_on_a_line_the_distance_from_a_point_mass_is_that_of_the_points() -> None:
    data = PointMass(shape=(1,), num_classes=0, batch_size=64, seed=0, split_seed=0)
    data.setup()
    measure = PointMeasure(split="validation", emd_points=50, high_quality_threshold=4.0)
    measure.prepare(data, 50, 0, CPU)
    assert measured(measure, torch.tensor([[0.5], [-1.5]]).repeat(25, 1)) == {"emd": 1.0}


def test_protocol_states_the_threshold(measure: PointMeasure) -> None:
    protocol = measure.protocol()
    assert (protocol["high_quality_threshold"], protocol["modes"], protocol["emd_points"]) == (4.0, 8, 200)


def test_images_are_refused(digits: Digits) -> None:
    measure = PointMeasure(split="validation", emd_points=100, high_quality_threshold=4.0)
    with pytest.raises(GanLabError, match=r"not for shape \[1, 28, 28\]"):
        measure.prepare(digits, 100, 0, CPU)
