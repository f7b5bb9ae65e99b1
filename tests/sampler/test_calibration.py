"""Fits in one dimension against closed forms and other algorithms."""

from math import log

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.sampler.calibration import (
    auc,
    deviation_of_auc,
    effective_share,
    interpolated,
    isotonic,
    platt,
    platt_by_class,
    quality,
)

N = 40_000


def scores(n_real: int = N, n_fake: int = N) -> tuple[Tensor, Tensor]:
    """4 log r + 7 of p_d = N(0, 1) and p_g = N(1, 1), whose log r is 1/2 - x."""
    generator = torch.Generator().manual_seed(4)
    real, fake = torch.randn(n_real, generator=generator), 1 + torch.randn(n_fake, generator=generator)
    return 4 * (0.5 - real) + 7, 4 * (0.5 - fake) + 7


def fitting_errors(n_real: int, n_fake: int) -> tuple[float, float]:
    """Standard errors of a and b: the inverse of Fisher's information, by quadrature over x."""
    x = np.linspace(-8, 9, 20_001)
    dx = x[1] - x[0]
    real, fake = (np.exp(-((x - mean) ** 2) / 2) / np.sqrt(2 * np.pi) for mean in (0, 1))
    s, offset = 4 * (0.5 - x) + 7, log(n_real / n_fake)
    p = 1 / (1 + np.exp(-(0.5 - x + offset)))
    weight = (n_real * real + n_fake * fake) * p * (1 - p) * dx
    information = np.array([[(weight * s * s).sum(), (weight * s).sum()], [(weight * s).sum(), weight.sum()]])
    a, b = np.sqrt(np.diag(np.linalg.inv(information)))
    return float(a), float(b)


@pytest.mark.parametrize(("n_real", "n_fake"), [(N, N), (N, N // 8), (N // 8, N)])
def test_platt_finds_the_log_ratio_of_two_gaussians_whatever_the_counts(n_real: int, n_fake: int) -> None:
    a, b = platt(*scores(n_real, n_fake))
    error_a, error_b = fitting_errors(n_real, n_fake)
    assert error_a < 0.01
    assert abs(a - 0.25) < 4.5 * error_a
    assert abs(b + 1.75) < 4.5 * error_b


def test_platt_follows_the_scale_and_the_sign_of_the_score() -> None:
    real, fake = scores(2000, 2000)
    a, b = platt(real, fake)
    for times, plus in ((1e4, 1e6), (1e-4, -3.0), (-2.0, 1.0)):
        other_a, other_b = platt((times * real + plus).double(), (times * fake + plus).double())
        assert other_a == pytest.approx(a / times, rel=1e-2)
        assert other_b == pytest.approx(b - a / times * plus, rel=1e-2, abs=1e-2)


def test_the_fit_is_where_the_likelihood_has_no_slope() -> None:
    real, fake = scores(3000, 3000)
    a, b = platt(real, fake)
    s = torch.cat([real, fake]).double()
    rest = (a * s + b).sigmoid() - torch.cat([torch.ones(3000), torch.zeros(3000)]).double()
    assert abs(rest.sum().item()) < 1e-4
    assert abs((rest * s).sum().item()) < 1e-3


def test_separable_scores_stay_finite() -> None:
    real, fake = torch.linspace(1, 2, 50), torch.linspace(-2, -1, 50)
    a, b = platt(real, fake)
    assert 0 < a < 1e3
    assert abs(b) < 1e3
    _, d = isotonic(real, fake)
    assert d.isfinite().all()
    assert d[-1].item() == pytest.approx(log(101))  # (50 + 1/2) / (1/2)
    assert d[0].item() == pytest.approx(-log(101))
    assert all(np.isfinite(value) for value in quality(a * real + b, a * fake + b).values())


def test_constant_scores_stay_finite_and_tell_nothing() -> None:
    same = torch.full((50,), 3.0)
    a, b = platt(same, same)
    assert a * 3 + b == pytest.approx(0, abs=1e-6)
    assert auc(same, same) == 0.5


def pooled(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Pool adjacent violators: neighbours in the wrong order become one block of their mean."""
    blocks: list[list[float]] = []  # mean, weight, how many
    for value, w in zip(share, weight, strict=True):
        blocks.append([value, w, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            second, first = blocks.pop(), blocks.pop()
            both = first[1] + second[1]
            blocks.append([(first[0] * first[1] + second[0] * second[1]) / both, both, first[2] + second[2]])
    return np.concatenate([np.full(int(count), mean) for mean, _, count in blocks])


@pytest.mark.parametrize(("n_real", "n_fake"), [(300, 300), (300, 100)])
def test_isotonic_is_what_pooling_adjacent_violators_gives(n_real: int, n_fake: int) -> None:
    real, fake = (s.round(decimals=1).double() for s in scores(n_real, n_fake))  # with ties
    seen, d = isotonic(real, fake)
    reals, fakes = real.numpy(), fake.numpy()
    values = np.unique(np.concatenate([reals, fakes]))
    of_real = np.array([(reals == value).sum() / n_real for value in values])
    of_fake = np.array([(fakes == value).sum() / n_fake for value in values])
    p = pooled(of_real / (of_real + of_fake), of_real + of_fake)
    smoothed, least = np.empty_like(p), (1 / n_real + 1 / n_fake) / 4
    for mean in np.unique(p.round(12)):
        block = p.round(12) == mean
        smoothed[block] = np.log((of_real[block].sum() + least) / (of_fake[block].sum() + least))
    np.testing.assert_array_equal(seen.numpy(), values)
    np.testing.assert_allclose(d.numpy(), pooled(smoothed, of_real + of_fake), atol=1e-9)
    assert (d.diff() >= 0).all()


def test_a_block_of_few_samples_counts_for_as_little_as_they_are() -> None:
    # 1 real above 5 fakes: with 6 of each, half a count makes them log(1.5 / 0.5) and log(0.5 / 5.5).
    real = torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 2.0])
    fake = torch.tensor([0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    seen, d = isotonic(real, fake)
    assert seen.tolist() == [0, 1, 2]
    # the scores 0 and 1 are one block, of 5 reals and 6 fakes
    assert d.exp().tolist() == pytest.approx([5.5 / 6.5, 5.5 / 6.5, 3.0])


def test_one_real_above_a_large_block_is_not_below_it() -> None:
    # By half counts alone, log(39.5 / 0.5) would stand below log(1.5 / 0.5).
    real = torch.cat([torch.full((39,), 1.0), torch.tensor([3.0])])
    fake = torch.cat([torch.full((38,), 0.0), torch.tensor([1.0, 2.0])])
    _, d = isotonic(real, fake)
    assert (d.diff() >= 0).all()
    assert d[-1] > log(10)


def test_each_class_of_a_score_has_an_intercept_of_its_own() -> None:
    real, fake = ((s - 7) / 4 for s in scores())
    offset, n = torch.tensor([0.0, 300.0, -5.0]), len(real)
    whose = torch.arange(n) % 3
    a, b = platt_by_class(real + offset[whose], fake + offset[whose], whose, whose, 3)
    error_a, error_b = fitting_errors(n, n)
    assert abs(a - 1) < 4.5 * 4 * error_a
    # within a class there are a third of the samples
    torch.testing.assert_close(b, -a * offset.double(), rtol=0, atol=4.5 * 2 * error_b * 3**0.5)


def test_classes_keep_the_shares_of_the_data() -> None:
    # Equal scores, and 3 of 4 reals but 1 of 2 fakes of class 1: d is log(1/4 / (1/2)) and log(3/4 / (1/2)).
    n = 4000
    a, b = platt_by_class(
        torch.zeros(n), torch.zeros(n), (torch.arange(n) % 4 > 0).long(), (torch.arange(n) % 2).long(), 2
    )
    assert a == pytest.approx(0, abs=1e-6)
    assert b.exp().tolist() == pytest.approx([0.5, 1.5], rel=1e-3)


def test_a_class_without_reals_has_a_finite_intercept() -> None:
    real, fake = scores(50, 50)
    real, fake = (real - 7) / 4, (fake - 7) / 4
    _, b = platt_by_class(real, fake, torch.zeros(50).long(), (torch.arange(50) % 2).long(), 3)
    assert b.isfinite().all()
    assert -10 < b[1] < b[0]


def test_isotonic_comes_near_the_log_ratio() -> None:
    seen, d = isotonic(*scores())
    inner = (seen > 7 - 6) & (seen < 7 + 6)  # where both have many
    assert (d - (seen - 7) / 4)[inner].abs().mean() < 0.05


def test_interpolated_takes_the_nearest_seen_score_below() -> None:
    seen, d = torch.tensor([0.0, 1.0, 2.0]).double(), torch.tensor([-1.0, 0.0, 5.0]).double()
    asked = torch.tensor([-3.0, 0.0, 0.9, 1.0, 1.5, 2.0, 99.0])
    assert interpolated(asked, seen, d).tolist() == [-1.0, -1.0, -1.0, 0.0, 0.0, 5.0, 5.0]


def test_auc_is_the_share_of_pairs_in_the_right_order_ties_half() -> None:
    generator = torch.Generator().manual_seed(1)
    real = torch.randint(0, 12, (70,), generator=generator).double()
    fake = torch.randint(-3, 9, (45,), generator=generator).double()
    pairs = real[:, None] - fake
    expected = ((pairs > 0).double() + (pairs == 0).double() / 2).mean().item()
    assert auc(real, fake) == pytest.approx(expected, abs=1e-12)
    assert auc(fake, real) == pytest.approx(1 - expected, abs=1e-12)


def test_the_auc_of_useless_scores_varies_as_stated() -> None:
    generator, n = torch.Generator().manual_seed(2), 30
    found = [auc(*torch.rand(2, n, generator=generator).double()) for _ in range(1000)]
    assert np.std(found) == pytest.approx(deviation_of_auc(n), rel=4.5 / 2000**0.5)
    assert np.mean(found) == pytest.approx(0.5, abs=4.5 * deviation_of_auc(n) / 1000**0.5)


def test_the_quality_of_true_log_ratios_is_good() -> None:
    real, fake = ((s - 7) / 4 for s in scores())
    found = quality(real, fake)
    assert abs(found["z"]) < 4
    # P(N(1/2, 1) > N(-1/2, 1)) = Phi(1 / sqrt 2)
    assert found["auc"] == pytest.approx(0.76025, abs=0.008)
    # log 2 less the Jensen-Shannon divergence of the two, by quadrature
    x = np.linspace(-9, 10, 100_001)
    p = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    best = (p * np.log1p(np.exp(-(0.5 - x)))).sum() * (x[1] - x[0])
    assert found["log_loss"] == pytest.approx(best, abs=0.01)
    assert found["ece"] < 0.015


def test_a_shifted_log_ratio_is_found_out() -> None:
    real, fake = ((s - 7) / 4 + 0.5 for s in scores())
    found = quality(real, fake)
    assert found["z"] < -10
    assert found["ece"] > 0.05


def test_the_log_loss_of_a_coin_is_log_2() -> None:
    found = quality(torch.zeros(100), torch.zeros(100))
    assert found["log_loss"] == pytest.approx(log(2), abs=1e-12)
    assert (found["z"], found["auc"], found["ece"]) == (0.0, 0.5, 0.0)


def test_z_and_ece_are_their_formulas() -> None:
    real, fake = torch.tensor([2.0, -1.0, 0.3]).double(), torch.tensor([-2.0, 0.4, -0.1]).double()
    p = torch.cat([real, fake]).sigmoid()
    y = torch.tensor([1.0, 1, 1, 0, 0, 0]).double()
    found = quality(real, fake)
    within = p[:3].var(correction=0) + p[3:].var(correction=0)
    assert found["z"] == pytest.approx(((y - p).sum() / (3 * within).sqrt()).item())
    assert quality(real, fake, fitted=1)["z"] == pytest.approx(found["z"] / 2)
    bins = [(y - p)[(p * 20).floor() == k].sum().abs().item() for k in range(20)]
    assert found["ece"] == pytest.approx(sum(bins) / 6)


@pytest.mark.parametrize("shift", [0.1, 1.0, 4.0])
def test_z_has_the_variance_1_for_weak_and_for_strong_critics_whose_model_is_right(shift: float) -> None:
    generator, n, found = torch.Generator().manual_seed(6), 400, []
    for _ in range(150):
        real, fake = shift + torch.randn(n, generator=generator), torch.randn(n, generator=generator)
        a, b = platt(real[: n // 4], fake[: n // 4])
        found.append(quality(a * real[n // 4 :] + b, a * fake[n // 4 :] + b, fitted=n // 4)["z"])
    assert np.mean(np.square(found)) == pytest.approx(1.0, abs=4.5 * (2 / 150) ** 0.5)


def test_the_effective_share_is_one_for_equal_weights_and_small_for_one_heavy_one() -> None:
    assert effective_share(torch.full((50,), -700.0)) == pytest.approx(1.0)
    w = torch.rand(100, generator=torch.Generator().manual_seed(1)).double()
    assert effective_share(w.log()) == pytest.approx((w.sum() ** 2 / (100 * w.square().sum())).item())
    heavy = torch.zeros(100)
    heavy[3] = 800.0
    assert effective_share(heavy) == pytest.approx(0.01)
