"""Resampling among k proposals against its own expectation."""

from typing import Any

import numpy as np
import pytest
import torch

from gan_lab.sampler.sir import SIR
from tests.sampler.known import Affine, Told, drawn, module, normal_points, plain, variance_error, wide_generator

N = 20_000
DATA = normal_points(100)


def resampling(**changed: Any) -> SIR:
    settings: dict[str, Any] = {
        "batch_size": N,
        "proposal": plain(),
        "calibration": "none",
        "calibration_samples": 5000,
        "k": 32,
        "iterate": 0,
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
    result = drawn(resampling(k=k), wide_generator(), DATA, N)
    # tails heavier than a normal's for small k
    assert abs(result.x.var().item() - variance) < variance_error(variance, N, 6) + 0.01
    assert result.report["effective_candidates"] == pytest.approx(effective, rel=0.02)
    assert result.stats["proposed"] == N * k
    assert result.stats["critic_evaluations"] == N * k
    torch.testing.assert_close(result.x, 2 * result.latent.z)


@pytest.mark.parametrize("rounds", [1, 4])
def test_rounds_of_isir_come_nearer_to_the_law_as_they_must(rounds: int) -> None:
    # Independently: keep the current one among k - 1 new ones, in numpy.
    random, n, k = np.random.default_rng(6), 400_000, 2
    x = 2 * random.standard_normal((n, k))
    for _ in range(rounds + 1):
        w = np.exp(-3 / 8 * x**2)
        first = random.random(n) < w[:, 0] / w.sum(1)
        x = np.stack([np.where(first, x[:, 0], x[:, 1]), 2 * random.standard_normal(n)], 1)
    variance = float((x[:, 0] ** 2).mean())
    result = drawn(resampling(k=2, iterate=rounds), wide_generator(), DATA, N)
    assert abs(result.x.var().item() - variance) < variance_error(variance, N, 6)
    assert result.stats["proposed"] == N * (2 + rounds)


def test_many_rounds_remove_the_bias_of_two_candidates() -> None:
    result = drawn(resampling(k=2, iterate=40), wide_generator(), DATA, N)
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N)


def test_a_flat_ratio_leaves_the_generator_as_it_is_and_every_candidate_counts() -> None:
    result = drawn(resampling(k=8), module(Affine(1), Told(1, lambda x: 0 * x.sum(1))), DATA, N)
    assert result.report["effective_candidates"] == pytest.approx(8.0, rel=1e-4)
    assert result.report["warnings"] == []
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N)


def test_a_peaked_ratio_is_warned_of() -> None:
    result = drawn(resampling(k=8), module(Affine(1), Told(1, lambda x: 30 * x.sum(1))), DATA, 2000)
    (warning,) = result.report["warnings"]
    assert "too peaked" in warning
    assert 1 <= result.report["effective_candidates"] < 2
    # the largest of eight normal numbers, on average
    largest = np.random.default_rng(7).standard_normal((200_000, 8)).max(1)
    assert result.x.mean().item() == pytest.approx(largest.mean(), abs=5 * largest.std() / 2000**0.5 + 0.02)


@pytest.mark.parametrize("wrong", [{"k": 1}, {"iterate": -1}, {"calibration_samples": 3}])
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        resampling(**wrong)


def test_nothing_to_draw_is_nothing() -> None:
    result = drawn(resampling(), wide_generator(), DATA, 2, rank=2, world_size=3)
    assert result.x.shape == (0, 1)
    assert torch.is_tensor(result.latent.z)
