from collections import Counter

import numpy as np
import pytest
import scipy.linalg
import torch
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.frechet_infinity import FrechetInfinity, block_sums, intercept, runs_of_blocks
from gan_lab.noise import seed_of


def normal(seed: int, n: int, d: int = 20) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def both(real: Tensor, fake: Tensor) -> tuple[float, float]:
    values: dict[str, float] = {}
    for metric in (FrechetDistance(), FrechetInfinity()):
        metric.set_reference(Reference(Features(real)))
        values |= metric.of(Features(fake))
    return values["fid"], values["fid_infinity"]


def test_a_line_through_points_on_a_line() -> None:
    assert intercept([0.1, 0.2, 0.5], [1.3, 1.6, 2.5]) == pytest.approx(1.0)


@pytest.mark.parametrize(("blocks", "sizes"), [(15, 8), (14, 3), (2, 2), (6, 9)])
def test_each_sample_is_in_equally_many_subsets_of_a_size(blocks: int, sizes: int) -> None:
    runs = [*runs_of_blocks(blocks, sizes, 0.5)]
    lengths = sorted({len(run) for run in runs})
    assert (lengths[0], lengths[-1]) == (-(-blocks // 2), blocks)
    assert len(lengths) == min(sizes, blocks + 1 - lengths[0])
    assert runs[-1] == [*range(blocks)]
    for length in lengths[:-1]:
        same = [run for run in runs if len(run) == length]
        assert len({frozenset(run) for run in same}) == blocks
        assert {*Counter(block for run in same for block in run).values()} == {length}


def test_moments_of_blocks_together_are_those_of_their_samples() -> None:
    points = normal(0, 37, d=5) + 3
    order = torch.randperm(37, generator=torch.Generator().manual_seed(1))
    sums = block_sums(points, order, 6).of([4, 5, 0])
    parts = order.tensor_split(6)
    chosen = points[torch.cat([parts[4], parts[5], parts[0]])].numpy()
    assert sums.count == len(chosen)
    np.testing.assert_allclose(sums.mean.numpy(), chosen.mean(0), rtol=1e-12)
    np.testing.assert_allclose(sums.covariance.numpy(), np.cov(chosen.T), rtol=1e-10, atol=1e-12)


def test_the_value_is_that_of_a_loop_over_subsets_of_samples() -> None:
    """With the matrix square root of scipy and samples in the place of moments."""
    real, fake = normal(0, 300, d=4), 1.2 * normal(1, 60, d=4)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(seed_of("fid_infinity")))
    parts = np.array_split(fake.numpy()[order.numpy()], 6)

    def fid(some: np.ndarray) -> float:
        one, other = np.cov(real.numpy().T), np.cov(some.T)
        root = scipy.linalg.sqrtm(one @ other).real
        gap = real.numpy().mean(0) - some.mean(0)
        return float(gap @ gap + np.trace(one + other - 2 * root))

    means = []
    for length, subsets in ((3, 6), (4, 6), (5, 6), (6, 1)):
        windows = [np.concatenate(np.roll(np.array(parts), -start, 0)[:length]) for start in range(subsets)]
        means.append(np.mean([fid(window) for window in windows]))
    _, expected = np.polyfit([1 / 30, 1 / 40, 1 / 50, 1 / 60], means, 1)
    metric = FrechetInfinity(sizes=4, subsets=6)
    metric.set_reference(Reference(Features(real)))
    assert metric.of(Features(fake))["fid_infinity"] == pytest.approx(expected, rel=1e-8)


def test_the_bias_of_few_samples_goes() -> None:
    """Against a reference large enough to have no bias of its own, the truth is the squared shift."""
    real = normal(0, 200_000)
    plain, infinite = zip(*(both(real, normal(seed, 500) + 0.1) for seed in range(1, 9)), strict=True)
    truth = 20 * 0.01
    biased, extrapolated = (abs(sum(values) / 8 - truth) for values in (plain, infinite))
    assert biased > 0.1
    assert extrapolated < biased / 4


def test_the_order_of_the_samples_changes_the_value_by_little_of_the_correction() -> None:
    """A single subset of each size left a deviation above the correction where means differ."""
    real, fake = normal(0, 20_000), normal(1, 500) + 0.5
    values = []
    for seed in range(6):
        order = torch.randperm(500, generator=torch.Generator().manual_seed(seed))
        plain, infinite = both(real, fake[order])
        values.append(plain - infinite)
    assert min(values) > 0
    assert np.std(values) < 0.25 * np.mean(values)


def test_the_global_random_state_is_left_alone() -> None:
    before = torch.get_rng_state()
    assert both(normal(0, 100), normal(1, 60)) == both(normal(0, 100), normal(1, 60))
    assert torch.equal(before, torch.get_rng_state())


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="4 samples or more, not 3"):
        both(normal(0, 9), normal(1, 3))
