import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance, covariance_factor, frechet_distance, trace_of_root


def normal(seed: int, n: int, d: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def whitened(seed: int, n: int, d: int) -> Tensor:
    """Samples whose mean is exactly 0 and whose unbiased covariance is exactly the identity."""
    samples = normal(seed, n, d)
    samples -= samples.mean(0)
    return torch.linalg.solve_triangular(torch.linalg.cholesky(samples.T.cov()), samples.T, upper=False).T


def fid(real: Tensor, fake: Tensor) -> float:
    metric = FrechetDistance()
    metric.set_reference(Reference(Features(real)))
    metric.update(Features(fake))
    return metric.compute()["fid"]


def test_gaussians_with_spherical_covariances() -> None:
    shift, scale = torch.linspace(-1, 2, 5, dtype=torch.float64), 0.3
    expected = shift.square().sum().item() + 5 * (1 - scale) ** 2
    assert fid(whitened(0, 50, 5), shift + scale * whitened(1, 70, 5)) == pytest.approx(expected, rel=1e-10)


def test_gaussians_in_the_plane_with_any_covariances() -> None:
    a, b = normal(0, 30, 2) @ normal(1, 2, 2), normal(2, 40, 2) @ normal(3, 2, 2) + 1
    one, two = a.T.cov(), b.T.cov()
    product = one @ two  # the trace of a 2x2 matrix's root follows from its trace and determinant
    root = (product.trace() + 2 * product.det().sqrt()).sqrt()
    expected = (a.mean(0) - b.mean(0)).square().sum() + one.trace() + two.trace() - 2 * root
    assert fid(a, b) == pytest.approx(expected.item(), rel=1e-10)


@pytest.mark.parametrize(("n", "d"), [(100, 20), (20, 100), (20, 20)])
def test_a_set_is_at_distance_0_from_itself(n: int, d: int) -> None:
    features = normal(0, n, d).float()
    assert fid(features, features) <= 1e-6 * d


def test_dead_dimensions_do_not_matter() -> None:
    real, fake = normal(0, 60, 8), 1.5 * normal(1, 60, 8)
    with_dead = [torch.cat([x, torch.full((60, 3), 7.0, dtype=torch.float64)], 1) for x in (real, fake)]
    assert fid(*with_dead) == pytest.approx(fid(real, fake), rel=1e-9)


@pytest.mark.parametrize(("n", "m", "d"), [(50, 40, 200), (50, 300, 200), (300, 50, 200), (300, 300, 40)])
def test_trace_is_the_nuclear_norm_of_the_product_of_both_sides(n: int, m: int, d: int) -> None:
    real, fake = (x - x.mean(0) for x in (normal(0, n, d), normal(1, m, d)))
    norm = torch.linalg.svdvals(real @ fake.T).sum() / ((n - 1) * (m - 1)) ** 0.5
    torch.testing.assert_close(trace_of_root(covariance_factor(real), fake.T.cov()), norm, rtol=1e-7, atol=0)


def test_samples_and_cholesky_factor_give_the_same_distance() -> None:
    centred = normal(0, 60, 30)
    centred -= centred.mean(0)
    other, mean = normal(1, 60, 30).T.cov(), torch.ones(30, dtype=torch.float64)
    by_cholesky = frechet_distance(0 * mean, covariance_factor(centred), mean, other)
    by_samples = frechet_distance(0 * mean, centred.T / 59**0.5, mean, other)
    torch.testing.assert_close(by_samples, by_cholesky, rtol=1e-9, atol=0)


def test_the_factor_of_a_singular_covariance_is_triangular_too() -> None:
    centred = normal(0, 60, 20)
    centred[:, 3], centred[:, 7] = 0.0, centred[:, 2]
    centred -= centred.mean(0)
    factor = covariance_factor(centred)
    assert not factor.triu(1).any()
    torch.testing.assert_close(factor @ factor.T, centred.T.cov(), rtol=0, atol=1e-14)


def test_shards_are_one_pass() -> None:
    real, fake = normal(0, 90, 12), normal(1, 101, 12) + 3
    metric = FrechetDistance()
    metric.set_reference(Reference(Features(real)))
    for shard in fake.split([1, 60, 0, 40]):
        metric.update(Features(shard))
    assert metric.compute()["fid"] == pytest.approx(fid(real, fake), rel=1e-12)


def test_a_mean_far_from_0_costs_no_digits() -> None:
    real, fake = (normal(0, 200, 16) + 1000).float(), (normal(1, 200, 16) * 1.1 + 1000).float()
    a, b = real.double() - 1000, fake.double() - 1000  # exact: the float32 values themselves, moved
    assert fid(real, fake) == pytest.approx(fid(a, b), rel=1e-8)


def test_torch_fidelity_agrees() -> None:
    real, fake = normal(0, 400, 32).float(), (normal(1, 300, 32) * 1.2 + 0.1).float()
    statistics = (fid_features_to_statistics(fake), fid_features_to_statistics(real))
    expected = fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    assert fid(real, fake) == pytest.approx(expected, rel=1e-3)


def test_reset_keeps_the_real_side_and_of_leaves_the_state() -> None:
    real, one, two = normal(0, 50, 4), normal(1, 50, 4), normal(2, 50, 4) + 1
    metric = FrechetDistance()
    metric.set_reference(Reference(Features(real)))
    metric.update(Features(one))
    assert metric.of(Features(two))["fid"] == pytest.approx(fid(real, two), rel=1e-12)
    assert metric.compute()["fid"] == pytest.approx(fid(real, one), rel=1e-12)
    metric.reset()
    metric.update(Features(two))
    assert metric.compute()["fid"] == pytest.approx(fid(real, two), rel=1e-12)


def test_too_few_samples_are_refused() -> None:
    metric = FrechetDistance()
    with pytest.raises(ValueError, match="too few"):
        metric.set_reference(Reference(Features(normal(0, 1, 4))))
    metric.set_reference(Reference(Features(normal(0, 9, 4))))
    metric.update(Features(normal(1, 1, 4)))
    with pytest.raises(ValueError, match="2 samples"):
        metric.compute()
