from itertools import combinations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist, pdist
from scipy.stats import kstest
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.permutation import PermutationTest, permuted_mmd2, squared_median_distance


def normal(seed: int, n: int, d: int = 3) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def by_definition(x: np.ndarray, y: np.ndarray, variance: float) -> float:
    def k(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-(cdist(a, b) ** 2) / (2 * variance))

    n, m = len(x), len(y)
    within = (k(x, x).sum() - n) / (n * (n - 1)) + (k(y, y).sum() - m) / (m * (m - 1))
    return float(within - 2 * k(x, y).mean())


def values_of(x: Tensor, y: Tensor, permutations: int = 39) -> dict[str, float]:
    metric = PermutationTest(permutations=permutations)
    metric.set_reference(Reference(Features(x)))
    return metric.of(Features(y))


def test_definition_of_every_way_to_divide() -> None:
    x, y = normal(0, 4) + 100, normal(1, 3) + 100.5  # far from the origin
    both = torch.cat([x, y]).numpy()
    variance = np.median(pdist(both)) ** 2
    divided = {
        chosen: by_definition(both[[*chosen]], np.delete(both, chosen, 0), variance)
        for chosen in combinations(range(7), 4)
    }
    found = permuted_mmd2(x, y, 500, chunk=3).tolist()
    assert found[0] == pytest.approx(divided[0, 1, 2, 3], rel=1e-10)
    every = np.array([*divided.values()])
    nearest = np.abs(np.array(found)[:, None] - every).argmin(1)
    assert found == pytest.approx(every[nearest], abs=1e-12)
    assert len({*nearest}) == 35  # all ways


def test_p_is_the_share_of_divisions_as_far_apart() -> None:
    x, y = normal(0, 30), normal(1, 20) + 0.3
    values = permuted_mmd2(x, y, 99, chunk=512)
    expected = (1 + (values[1:] >= values[0]).sum().item()) / 100
    assert values_of(x, y, 99) == pytest.approx({"mmd2": values[0].item(), "mmd_p": expected})


def test_p_is_uniform_for_draws_of_one_law() -> None:
    """Exactly: a permutation test has a discrete law, spread between its values at random here."""
    found = np.array([values_of(normal(2 * i, 12), normal(2 * i + 1, 9), 19)["mmd_p"] for i in range(100)])
    assert kstest(found - np.random.default_rng(0).random(100) / 20, "uniform").pvalue > 1e-3


def test_it_is_unbiased() -> None:
    values = torch.tensor([values_of(normal(2 * i, 15), normal(2 * i + 1, 10), 1)["mmd2"] for i in range(100)])
    assert values.mean().abs() < 4 * values.std() / 100**0.5
    assert values.min() < 0


@pytest.mark.parametrize("other", [normal(1, 60) + 1, normal(1, 60) * 2, normal(1, 60).abs()])
def test_another_mean_variance_or_shape_is_noticed(other: Tensor) -> None:
    found = values_of(normal(0, 60), other)
    assert found["mmd_p"] == 1 / 40
    assert found["mmd2"] > 0


@pytest.mark.parametrize("chunk", [1, 7, 50, 111, 1000])
def test_chunks_do_not_matter(chunk: int) -> None:
    x, y = normal(0, 50), normal(1, 61)
    torch.testing.assert_close(permuted_mmd2(x, y, 9, chunk), permuted_mmd2(x, y, 9, 20), rtol=0, atol=1e-14)


def test_the_median_is_that_of_different_points() -> None:
    x = normal(0, 22)  # 231 pairs
    assert squared_median_distance(x) == pytest.approx(np.median(pdist(x.numpy())) ** 2, rel=1e-9)
    assert squared_median_distance(torch.cat([x, x])) < 4 * squared_median_distance(x)
    assert squared_median_distance(torch.ones(5, 2)) == 1.0


def test_equal_images_do_not_differ() -> None:
    assert values_of(torch.ones(5, 2), torch.ones(4, 2)) == pytest.approx({"mmd2": 0.0, "mmd_p": 1.0}, abs=1e-12)


def test_one_sample_is_too_few() -> None:
    with pytest.raises(ValueError, match="2 samples of each side or more, not 5 and 1"):
        permuted_mmd2(normal(0, 5), normal(1, 1), 3, 8)


def test_it_says_how_many_permutations() -> None:
    assert PermutationTest(permutations=7).protocol() == {"mmd_permutations": 7}
