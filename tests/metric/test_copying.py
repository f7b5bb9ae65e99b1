import pytest
import torch
from scipy.stats import mannwhitneyu
from torch import Tensor

from gan_lab.metric.copying import Copying, data_copying, mann_whitney_z
from gan_lab.metric.features import Features, Reference


def normal(seed: int, n: int, d: int = 8) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


TRAIN, TEST = normal(0, 900), normal(1, 400)


def metric_of(test: Tensor, train: Tensor) -> Copying:
    made = Copying(train_images=len(train))
    made.set_reference(Reference(Features(test), lambda n: Features(train[:n])))
    return made


@pytest.fixture
def metric() -> Copying:
    return metric_of(TEST, TRAIN)


def authenticity_by_definition(fake: Tensor, train: Tensor) -> float:
    """From whole tables in float64."""
    to_train = torch.cdist(fake.double(), train.double())
    within = torch.cdist(train.double(), train.double()).fill_diagonal_(torch.inf).min(1).values
    nearest = to_train.min(1)
    return (nearest.values > within[nearest.indices]).double().mean().item()


def test_authenticity_by_definition(metric: Copying) -> None:
    for fake in (normal(2, 300), 0.5 * normal(3, 300), TRAIN[:300] + 0.1 * normal(4, 300)):
        assert metric.of(Features(fake))["authenticity"] == authenticity_by_definition(fake, TRAIN)


def test_copies_are_not_authentic_and_are_noticed(metric: Copying) -> None:
    for copies in (TRAIN[:300], TRAIN[:300] + 1e-3 * normal(5, 300)):
        values = metric.of(Features(copies))
        assert values["authenticity"] == 0.0
        assert values["data_copying"] < -10


def test_fresh_draws_of_the_same_law_keep_the_distance_of_real_ones(metric: Copying) -> None:
    values = metric.of(Features(normal(6, 400)))
    assert abs(values["data_copying"]) < 3
    assert values["authenticity"] == pytest.approx(metric.floor(Features(TRAIN))["authenticity"], abs=0.08)


def test_far_ones_are_authentic_and_too_far(metric: Copying) -> None:
    values = metric.of(Features(3 * normal(7, 400)))
    assert values["authenticity"] > 0.9
    assert values["data_copying"] > 5


def test_floor_is_that_of_real_samples_that_were_not_trained_on(metric: Copying) -> None:
    """Of copying, that of one half of them against the other."""
    floor = metric.floor(Features(TRAIN))
    assert floor["authenticity"] == authenticity_by_definition(TEST, TRAIN)
    halves = metric_of(TEST[200:], TRAIN)
    assert floor["data_copying"] == halves.of(Features(TEST[:200]))["data_copying"]
    assert floor["data_copying"] != pytest.approx(0.0, abs=1e-9)


def test_floor_of_copying_varies_around_0_as_a_z_value_does() -> None:
    """A weighted mean of independent Z values of three cells has a variance between 1/3 and 1."""
    metrics = [metric_of(normal(2 * seed, 200), normal(2 * seed + 1, 300)) for seed in range(30)]
    values = torch.tensor([metric.floor(Features(TRAIN))["data_copying"] for metric in metrics])
    assert values.mean().abs() < 4 / 30**0.5
    assert 0.3 < values.std() < 1.4


def test_z_is_that_of_scipy_and_shifts_sign_with_the_roles() -> None:
    x, y = normal(0, 60, 1)[:, 0], normal(1, 80, 1)[:, 0] + 0.3
    u = mannwhitneyu(x, y).statistic
    assert mann_whitney_z(x, y) == pytest.approx((u - 2400) / (4800 * 141 / 12) ** 0.5)
    assert mann_whitney_z(y, x) == pytest.approx(-mann_whitney_z(x, y))
    assert mann_whitney_z(torch.zeros(9), torch.zeros(5)) == pytest.approx(0.0)


def test_cells_are_weighted_by_their_real_samples_and_small_ones_left_out() -> None:
    real, fake = torch.arange(150.0), torch.arange(150.0) + 0.5
    cell = torch.tensor([0] * 100 + [1] * 40 + [2] * 10)
    expected = [mann_whitney_z(fake[cell == c], real[cell == c]) for c in (0, 1)]
    found = data_copying(fake, cell, real, cell)
    assert found == pytest.approx((100 * expected[0] + 40 * expected[1]) / 140)
    assert data_copying(fake[:5], cell[:5], real, cell) != data_copying(fake[:5], cell[:5], real, cell)  # NaN


def test_training_samples_are_needed() -> None:
    with pytest.raises(ValueError, match="with the training images"):
        Copying().set_reference(Reference(Features(TEST)))
