"""Fits in one dimension against closed forms and other algorithms."""

from math import log

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.sampler.calibration import auc, effective_share, interpolated, isotonic, platt, quality

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
    assert d[-1].item() == pytest.approx(log(101))  # a probability of 1 - 1 / 102
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
    p = p.clip(1 / (n_real + n_fake + 2), 1 - 1 / (n_real + n_fake + 2))
    np.testing.assert_array_equal(seen.numpy(), values)
    np.testing.assert_allclose(d.numpy(), np.log(p / (1 - p)), atol=1e-9)
    assert (d.diff() >= 0).all()


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
    assert found["z"] == pytest.approx(((y - p).sum() / (p * (1 - p)).sum().sqrt()).item())
    bins = [(y - p)[(p * 20).floor() == k].sum().abs().item() for k in range(20)]
    assert found["ece"] == pytest.approx(sum(bins) / 6)


def test_the_effective_share_is_one_for_equal_weights_and_small_for_one_heavy_one() -> None:
    assert effective_share(torch.full((50,), -700.0)) == pytest.approx(1.0)
    w = torch.rand(100, generator=torch.Generator().manual_seed(1)).double()
    assert effective_share(w.log()) == pytest.approx((w.sum() ** 2 / (100 * w.square().sum())).item())
    heavy = torch.zeros(100)
    heavy[3] = 800.0
    assert effective_share(heavy) == pytest.approx(0.01)
