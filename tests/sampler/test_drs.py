"""Rejection by the density ratio against exact laws."""

import time
from math import log
from typing import Any

import numpy as np
import pytest
import torch

from gan_lab.errors import SamplingBudgetError
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.drs import DRS
from tests.sampler.known import (
    Affine,
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


def rejection(**changed: Any) -> DRS:
    settings: dict[str, Any] = {
        "batch_size": N,
        "proposal": plain(),
        "calibration": "none",
        "calibration_samples": 5000,
        "burn_in": 10_000,
        "m_quantile": 1.0,
        "eps": 1e-6,
        "gamma": 0.0,
        "target_acceptance": None,
        "min_efficiency": 1e-3,
        "probe": 10_000,
    }
    return DRS(**settings | changed)


def share_error(share: float, n: float) -> float:
    """4.5 standard errors of a share of n."""
    return 4.5 * (share * (1 - share) / n) ** 0.5


def by_quadrature(gamma: float) -> tuple[float, float, float]:
    """Acceptance, and second and fourth moment of what is accepted, for N(0, 1) from N(0, 4) at a gamma."""
    x = np.linspace(-20, 20, 400_001)
    density = np.exp(-(x**2) / 8) / np.sqrt(8 * np.pi)
    ratio = np.exp(-3 / 8 * x**2)  # exp(d - M)
    probability = ratio / (ratio + (1 - ratio) * np.exp(gamma))  # sigmoid(logit(ratio) - gamma)
    accepted = density * probability
    second, fourth = ((x**power * accepted).sum() / accepted.sum() for power in (2, 4))
    return accepted.sum() * (x[1] - x[0]), second, fourth


def test_a_normal_from_a_wider_one_is_exact_and_accepts_one_half() -> None:
    result = drawn(rejection(), wide_generator(), DATA, N)
    assert abs(result.stats["acceptance"] - 0.5) < share_error(0.5, result.stats["proposed"])
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N)
    assert abs(result.x.mean().item()) < 4.5 / N**0.5
    assert result.report["log_maximum"] == pytest.approx(log(2), abs=1e-5)
    assert result.report["biased"] is False
    assert result.report["warnings"] == []
    assert result.stats["accepted"] == N
    torch.testing.assert_close(result.x, 2 * result.latent.z)


def test_a_triangle_from_a_uniform_prior() -> None:
    model = module(
        Affine(1, scale=0.5, shift=0.5), Told(1, lambda x: (2 * x.clamp(min=1e-9)).log().sum(1)), Uniform(dim=1)
    )
    result = drawn(rejection(), model, DATA, N)
    assert abs(result.stats["acceptance"] - 0.5) < share_error(0.5, result.stats["proposed"]) + 1e-4
    assert abs(result.x.mean().item() - 2 / 3) < 4.5 * (1 / 18 / N) ** 0.5


def test_platt_makes_another_scale_of_the_score_do_the_same() -> None:
    model = wide_generator(times=4.0, plus=7.0)
    result = drawn(rejection(calibration="platt", calibration_samples=10_000), model, normal_points(10_000), N)
    assert result.report["calibration"]["a"] == pytest.approx(0.25, rel=0.12)
    assert result.x.var().item() == pytest.approx(1.0, abs=0.15)


def test_gamma_at_the_95th_percentile_sharpens_as_it_is_known_to() -> None:
    x = 2 * np.random.default_rng(0).standard_normal(2_000_000)
    d = -3 / 8 * x**2  # d - M
    gamma = float(np.quantile(d - np.log(-np.expm1(d - 1e-6)), 0.95))
    acceptance, variance, fourth = by_quadrature(gamma)
    assert acceptance == pytest.approx(0.074, abs=0.002)  # measured for the specification
    assert variance == pytest.approx(0.124, abs=0.01)
    n = 5000
    result = drawn(rejection(gamma=gamma), wide_generator(), DATA, n)
    assert result.report["biased"] is True
    assert abs(result.stats["acceptance"] - acceptance) < share_error(acceptance, result.stats["proposed"])
    assert abs(result.x.var().item() - variance) < 4.5 * ((fourth - variance**2) / n) ** 0.5


@pytest.mark.parametrize("target", [0.6, 0.8])
def test_a_target_acceptance_is_reached_and_called_biased(target: float) -> None:
    result = drawn(rejection(target_acceptance=target), wide_generator(), DATA, N)
    error = share_error(target, result.stats["proposed"]) + share_error(target, 10_000)  # of this and of the burn-in
    assert abs(result.stats["acceptance"] - target) < error
    assert result.report["gamma"] < 0
    assert result.report["biased"] is True
    _, variance, fourth = by_quadrature(result.report["gamma"])
    assert abs(result.x.var().item() - variance) < 4.5 * ((fourth - variance**2) / N) ** 0.5


def test_a_target_that_is_reached_anyway_changes_nothing() -> None:
    result = drawn(rejection(target_acceptance=0.3), wide_generator(), DATA, 2000)
    assert result.report["gamma"] == 0
    assert result.report["biased"] is False
    assert torch.equal(result.x, drawn(rejection(), wide_generator(), DATA, 2000).x)


def test_a_hopeless_critic_ends_with_an_error_that_says_what_was_found() -> None:
    model = module(Affine(1), Told(1, lambda x: 30 * x.sum(1)))
    sampler = rejection()
    sampler.prepare(model, DATA)
    start = time.perf_counter()
    with pytest.raises(SamplingBudgetError, match="cannot draw 500 samples") as caught:
        sampler.sample(500, torch.Generator().manual_seed(3))
    assert time.perf_counter() - start < 10
    error = caught.value
    assert (error.sampler, error.wanted) == ("drs", 500)
    assert error.proposed >= 10_000
    assert 0 <= error.accepted < 0.002 * error.proposed
    assert error.acceptance == error.accepted / error.proposed
    assert "m_quantile" in error.hint
    assert isinstance(error.z, torch.Tensor)
    assert error.z.shape == (error.accepted, 1)


def test_one_enormous_outlier_is_hopeless_and_a_quantile_as_maximum_helps() -> None:
    # One proposal in two thousand has d = 50 and the others 0.
    def outliers(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x > 3.29, 50.0, 0.0).sum(1)

    model = module(Affine(1), Told(1, outliers))
    with pytest.raises(SamplingBudgetError):
        drawn(rejection(), model, DATA, 100)
    result = drawn(rejection(m_quantile=0.99), model, DATA, 500)
    assert result.stats["acceptance"] > 0.99


def test_too_many_proposals_above_the_maximum_are_warned_of() -> None:
    result = drawn(rejection(m_quantile=0.9, batch_size=500), wide_generator(), DATA, N)
    (warning,) = result.report["warnings"]
    assert "exceed the maximum" in warning
    assert result.report["exceeded_maximum"] == pytest.approx(0.1, abs=0.016)  # that of the burn-in and this


def test_what_is_said_of_the_maximum_does_not_depend_on_the_batches() -> None:
    # 2000 tries in one batch for ten samples: what comes after the first accepted one is not counted as proposed.
    found = []
    for batch_size in (1, 2000):
        sampler = rejection(m_quantile=0.5, batch_size=batch_size, burn_in=500, gamma=3.0)
        result = drawn(sampler, wide_generator(), DATA, 10)
        found.append((result.stats["proposed"], result.report["exceeded_maximum"]))
        assert 0 <= result.report["exceeded_maximum"] <= 1
    assert found[0] == pytest.approx(found[1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"m_quantile": 0.0},
        {"m_quantile": 1.1},
        {"eps": 0.0},
        {"burn_in": 0},
        {"target_acceptance": 0.5, "gamma": 1.0},
        {"target_acceptance": 1.0},
        {"calibration_samples": 3},
    ],
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        rejection(**wrong)
