"""Deviations by resampling, against variances that are known."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.maths.sampling_error import (
    balanced_halves,
    blocks_of,
    deviation_of_halves,
    deviations_of_counts,
    halved_counts,
    standard_error,
)


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def halves_of_mean(x: Tensor, blocks: int) -> tuple[Tensor, Tensor]:
    sides = balanced_halves(len(x), blocks, "a key").double()
    return sides @ x / sides.sum(1), (1 - sides) @ x / (1 - sides).sum(1)


def test_the_standard_error_of_a_difference_of_means() -> None:
    one, other = normal(0, 30), 3 * normal(1, 50)
    expected = math.sqrt(np.var(one.numpy(), ddof=1) / 30 + np.var(other.numpy(), ddof=1) / 50)
    assert standard_error(one, 7 - other) == pytest.approx(expected, rel=1e-12)
    assert math.isnan(standard_error(one, other[:1]))


@pytest.mark.parametrize("blocks", [2, 8, 64])
def test_balanced_halves_of_a_mean_give_the_variance_between_blocks(blocks: int) -> None:
    """To the last digit: that is what balance is for."""
    x = normal(0, 5 * blocks)
    found = deviation_of_halves(*halves_of_mean(x, blocks))
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    if blocks == len(x):
        assert found == pytest.approx(standard_error(x), rel=1e-12)
    signs = balanced_halves(len(x), blocks, "a key").int()
    together = (signs.T.float() @ signs.float() + (1 - signs).T.float() @ (1 - signs).float()) == len(signs)
    means = torch.stack([x[row].mean() for row in together.unique(dim=0)])  # samples that no halving parts
    assert len(means) == blocks
    assert found == pytest.approx((means.var() / blocks).sqrt().item(), rel=1e-10)
    assert sorted(order.tolist()) == [*range(len(x))]


def test_with_blocks_of_one_sample_it_is_the_standard_error() -> None:
    x = normal(3, 32)
    assert deviation_of_halves(*halves_of_mean(x, 32)) == pytest.approx(standard_error(x), rel=1e-12)


@pytest.mark.parametrize(("n", "blocks"), [(64, 64), (100, 64), (37, 32), (9, 8), (2, 2), (1, 1), (10_000, 64)])
def test_halves_are_nearly_equal_and_seeded(n: int, blocks: int) -> None:
    assert blocks_of(n) == blocks
    sides = balanced_halves(n, blocks, "a key")
    assert sides.shape == (blocks - 1, n)
    assert torch.equal(sides, balanced_halves(n, blocks, "a key"))
    assert ((2 * sides.sum(1) - n).abs() <= blocks // 2).all()
    if n > 20:
        assert not torch.equal(sides, balanced_halves(n, blocks, "another"))


def test_the_deviation_of_halves_is_half_the_variance_of_a_half_for_any_statistic() -> None:
    """A maximum has no derivative by weights; for n exponential waiting times its variance is Σ 1/i² to n."""
    generator = torch.Generator().manual_seed(0)
    squares = []
    for _ in range(2000):
        x = -torch.rand(16, generator=generator, dtype=torch.float64).log()
        sides = balanced_halves(16, 16, "maximum")
        ones, others = (x.where(which, -torch.inf).amax(1) for which in (sides, ~sides))
        squares.append(deviation_of_halves(ones, others) ** 2)
    expected = sum(1 / i**2 for i in range(1, 9)) / 2
    error = float(np.std(squares)) / math.sqrt(2000)
    assert np.mean(squares) == pytest.approx(expected, abs=4 * error)
    assert error < 0.04 * expected


def test_counts_are_halved_as_samples_are() -> None:
    counts = torch.tensor([7, 0, 1, 93])
    halves = [*halved_counts(counts, 0)]
    assert all(one.sum() == other.sum() == 101 // 2 or one.sum() == 50 for one, other in halves)
    assert all(torch.equal(one + other, counts) and (one >= 0).all() and (other >= 0).all() for one, other in halves)
    apart = torch.stack([one - other for one, other in halves]).double()
    n, share = 101, 7 / 101
    expected = math.sqrt(share * (1 - share) * n**2 / (n - 1))  # hypergeometric, of the difference
    assert apart[:, 0].std().item() == pytest.approx(expected, rel=0.15)


def test_the_deviation_of_a_share_is_binomial() -> None:
    counts = torch.tensor([2000, 6000])
    found = deviations_of_counts(lambda some: {"share": (some[0] / some.sum()).item()}, counts)
    assert found["share"] == pytest.approx(math.sqrt(0.25 * 0.75 / 8000), rel=0.2)
    assert deviations_of_counts(lambda some: {"share": 0.0}, counts, torch.tensor([1, 0])) == {}


def test_both_sides_of_counts_vary() -> None:
    counts, others = torch.tensor([2000, 6000]), torch.tensor([500, 500])

    def difference(some: Tensor, against: Tensor) -> dict[str, float]:
        return {"difference": (some[0] / some.sum() - against[0] / against.sum()).item()}

    expected = math.sqrt(0.25 * 0.75 / 8000 + 0.25 / 1000)
    assert deviations_of_counts(difference, counts, others)["difference"] == pytest.approx(expected, rel=0.2)
