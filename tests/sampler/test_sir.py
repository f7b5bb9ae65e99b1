"""Resampling among k proposals against its own expectation."""

from math import log
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from torch import Tensor

from gan_lab.sampler.sir import SIR, Peak, bias_bound
from tests.fixtures import Compose
from tests.sampler.known import (
    Affine,
    Through,
    Told,
    drawn,
    module,
    normal_points,
    plain,
    variance_error,
    wide_generator,
)

N = 20_000
DATA = normal_points(100)


def resampling(**changed: Any) -> SIR:
    settings: dict[str, Any] = {
        "batch_size": N,
        "proposal": plain(),
        "calibration": "none",
        "calibration_samples": 5000,
        "k": 32,
        "rounds": 2,
    }
    return SIR(**settings | changed)


def expected(k: int, n: int = 200_000) -> tuple[float, float]:
    """E x^2 and the effective number of candidates for N(0, 1) from k of N(0, 4), by another generator."""
    x = 2 * np.random.default_rng(5).standard_normal((n, k))
    w = np.exp(-3 / 8 * x**2)
    effective = w.sum(1) ** 2 / (w**2).sum(1)
    return float(((w * x**2).sum(1) / w.sum(1)).mean()), float(effective.mean())


@pytest.mark.parametrize(("k", "stated"), [(2, 1.87), (8, 1.10), (32, 1.00)])
def test_the_bias_falls_with_the_candidates_as_it_must(k: int, stated: float) -> None:
    variance, effective = expected(k)
    assert variance == pytest.approx(stated, abs=0.03)  # measured for the specification
    result = drawn(resampling(k=k, rounds=1), wide_generator(), DATA, N)
    # tails heavier than a normal's for small k
    assert abs(result.x.var().item() - variance) < variance_error(variance, N, 6) + 0.01
    assert result.report["effective_candidates"] == pytest.approx(effective, rel=0.02)
    assert result.stats["proposed"] == N * k
    assert result.stats["critic_evaluations"] == N * k
    torch.testing.assert_close(result.x, 2 * result.latent.z)


def law_of_two_points(k: int, rounds: int, share: float, weights: tuple[float, float]) -> float:
    """P(1) exactly, for proposals that are 1 with probability `share`, else 0, and weights of 0 and 1."""

    def chosen(new: int, current: int | None) -> float:
        ones = np.arange(new + 1) + (current == 1)
        zeros = new - np.arange(new + 1) + (current == 0)
        p = scipy.stats.binom.pmf(np.arange(new + 1), new, share)
        return float((p * ones * weights[1] / (ones * weights[1] + zeros * weights[0])).sum())

    one = chosen(k, None)
    for _ in range(rounds - 1):
        one = one * chosen(k - 1, 1) + (1 - one) * chosen(k - 1, 0)
    return one


@pytest.mark.parametrize(("k", "rounds"), [(2, 1), (2, 2), (2, 5), (4, 1), (4, 2)])
def test_on_two_points_each_round_has_its_exact_law(k: int, rounds: int) -> None:
    # 1 and 0 are proposed equally often, and the data are 1 in 90 % of cases.
    expected = law_of_two_points(k, rounds, 0.5, (0.2, 1.8))
    model = module(Through(1, lambda z: (z > 0).to(z)), Told(1, lambda x: x.sum(1) * log(9) + log(0.2)))
    result = drawn(resampling(k=k, rounds=rounds), model, DATA, N)
    assert abs(result.x.mean().item() - expected) < 4.5 * (expected * (1 - expected) / N) ** 0.5
    assert result.stats["proposed"] == N * (k + (rounds - 1) * (k - 1))
    rate, first = 1 - (k - 1) / (2 * 1.8 + k - 2), 0.9 - law_of_two_points(k, 1, 0.5, (0.2, 1.8))
    assert 0.9 - expected <= rate ** (rounds - 1) * first, "the stated rate"
    assert first <= 0.8 / (0.8 + k), "the stated bound of the first round"
    assert result.report["bias_bound"] == pytest.approx(rate ** (rounds - 1) * 0.8 / (0.8 + k), rel=0.1)
    assert bias_bound(1.8, k, rounds) == pytest.approx(rate ** (rounds - 1) * 0.8 / (0.8 + k))


def shifted(x: Tensor) -> Tensor:
    """log N(x; 1, 0.7^2) - log N(x; 0, 1)."""
    return (x.square() / 2 - ((x - 1) / 0.7).square() / 2 - log(0.7)).sum(1)


def test_one_round_is_biased_and_says_so() -> None:
    result = drawn(resampling(rounds=1), module(Affine(1), Told(1, shifted)), DATA, 2 * N)
    assert (result.x.mean().item() - 1) / (0.7 / (2 * N) ** 0.5) < -4.5
    (warning,) = result.report["warnings"]
    assert "biased by the order of 1 / k, and k is 32" in warning


def test_the_rounds_of_the_yaml_have_the_law_of_the_data(composed: Compose) -> None:
    settings = composed("data=ring", "sampler=sir")["sampler"]
    assert (settings["k"], settings["rounds"]) == (32, 5)
    result = drawn(resampling(rounds=5), module(Affine(1), Told(1, shifted)), DATA, 2 * N)
    assert scipy.stats.kstest(result.x.flatten().numpy(), scipy.stats.norm(1, 0.7).cdf).pvalue > 1e-3
    assert abs(result.x.mean().item() - 1) < 4.5 * 0.7 / (2 * N) ** 0.5
    assert abs(result.x.var().item() - 0.49) < variance_error(0.49, 2 * N)
    assert result.report["warnings"] == []


def test_bias_that_five_rounds_may_leave_is_warned_of() -> None:
    # N(2.5, 1) from N(0, 1): exp(d) has no maximum, and of 32 candidates four carry the weight.
    model = module(Affine(1), Told(1, lambda x: (2.5 * x - 2.5**2 / 2).sum(1)))
    result = drawn(resampling(rounds=5), model, DATA, 4000)
    assert result.x.mean() < 2.5 - 0.2
    (warning,) = result.report["warnings"]
    assert "after 5 rounds a bias of up to 9" in warning
    assert 0.9 < result.report["bias_bound"] < 1


def test_the_peak_is_the_largest_ratio_in_units_of_their_mean_whatever_the_parts() -> None:
    d = 300 + torch.randn(6, 50, generator=torch.Generator().manual_seed(1)).double()
    peak = Peak()
    assert peak.largest == 1.0
    for part in (d[:2], d[2:2], d[2:]):
        peak.see(part)
    ratios = (d - 300).exp()
    assert peak.largest == pytest.approx((ratios.max() / ratios.mean()).item())


def test_many_rounds_remove_the_bias_of_two_candidates() -> None:
    result = drawn(resampling(k=2, rounds=41), wide_generator(), DATA, N)
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N)


def test_a_flat_ratio_leaves_the_generator_as_it_is_and_every_candidate_counts() -> None:
    result = drawn(resampling(k=8), module(Affine(1), Told(1, lambda x: 0 * x.sum(1))), DATA, N)
    assert result.report["effective_candidates"] == pytest.approx(8.0, rel=1e-4)
    assert result.report["warnings"] == []
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N)


def test_a_peaked_ratio_is_warned_of() -> None:
    result = drawn(resampling(k=8, rounds=1), module(Affine(1), Told(1, lambda x: 30 * x.sum(1))), DATA, 2000)
    _, warning = result.report["warnings"]
    assert "too peaked" in warning
    assert 1 <= result.report["effective_candidates"] < 2
    # the largest of eight normal numbers, on average
    largest = np.random.default_rng(7).standard_normal((200_000, 8)).max(1)
    assert result.x.mean().item() == pytest.approx(largest.mean(), abs=5 * largest.std() / 2000**0.5 + 0.02)


@pytest.mark.parametrize("wrong", [{"k": 1}, {"rounds": 0}, {"calibration_samples": 3}])
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        resampling(**wrong)


def test_nothing_to_draw_is_nothing() -> None:
    result = drawn(resampling(), wide_generator(), DATA, 2, rank=2, world_size=3)
    assert result.x.shape == (0, 1)
    assert torch.is_tensor(result.latent.z)
