"""Metropolis-Hastings chains against exact laws."""

from math import log
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.errors import SamplingBudgetError
from gan_lab.sampler.mh import MH
from tests.fixtures import Compose
from tests.sampler.known import (
    Affine,
    Told,
    drawn,
    module,
    normal_points,
    plain,
    seeded,
    variance_error,
    wide_generator,
)

N = 20_000


def metropolis(**changed: Any) -> MH:
    settings: dict[str, Any] = {
        "batch_size": N,
        "proposal": plain(),
        "calibration": "none",
        "calibration_samples": 5000,
        "chain_length": 100,
        "max_capout": 0.05,
    }
    return MH(**settings | changed)


def stationary_acceptance() -> float:
    """E min(1, r(x') / r(x)) for x from N(0, 1) and x' from N(0, 4), by a grid."""
    x = np.linspace(-12, 12, 1201)
    p, q = np.exp(-(x**2) / 2), np.exp(-(x**2) / 8)
    log_ratio = -3 / 8 * x**2
    accepted = np.minimum(1.0, np.exp(log_ratio[None] - log_ratio[:, None]))
    return float(p @ accepted @ q / (p.sum() * q.sum()))


def test_a_chain_comes_to_the_data_and_accepts_as_often_as_it_must() -> None:
    expected = stationary_acceptance()
    assert expected == pytest.approx(0.61, abs=0.02)
    result = drawn(metropolis(), wide_generator(), normal_points(), N)
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N, 5) + 0.01
    assert abs(result.x.mean().item()) < 4.5 / N**0.5
    # The reals are a sample of 10,000, and chains start at them.
    assert result.stats["acceptance"] == pytest.approx(expected, abs=0.005)
    assert result.stats["proposed"] == N * 100
    assert result.report["cap_out"] < 1e-3


def test_the_difference_of_two_lengths_is_the_acceptance_of_the_last_steps() -> None:
    n = 4000
    moves = [
        drawn(metropolis(chain_length=k), wide_generator(), normal_points(), n).stats["accepted"] for k in (90, 100)
    ]
    assert (moves[1] - moves[0]) / (10 * n) == pytest.approx(stationary_acceptance(), abs=0.02)


def test_no_real_sample_comes_out_even_of_chains_that_never_moved() -> None:
    # Real samples lie at 10 and have the far higher score, so that no chain leaves its real one.
    data = normal_points(1000, mean=10.0, std=0.1)
    model = module(Affine(1), Told(1, lambda x: torch.where(x > 5, 60.0, 0.0).sum(1)))
    result = drawn(metropolis(chain_length=20, max_capout=1.0), model, data, 2000)
    assert result.report["cap_out"] == 1.0
    assert result.x.max() < 6
    assert abs(result.x.var().item() - 1) < variance_error(1.0, 2000)
    torch.testing.assert_close(result.x, result.latent.z)


def test_chains_that_never_moved_follow_the_proposals_they_were_offered() -> None:
    # Among fakes the ratio is that of N(0, 1) to N(0, 4): the chain from its first fake comes to N(0, 1) alone.
    def score(x: Tensor) -> Tensor:
        return torch.where(x > 50, 100.0, log(2) - 3 / 8 * x.square()).sum(1)

    model = module(Affine(1, scale=2.0), Told(1, score))
    result = drawn(metropolis(chain_length=60, max_capout=1.0), model, normal_points(100, mean=60.0, std=0.1), N)
    assert result.report["cap_out"] == 1.0
    assert abs(result.x.var().item() - 1) < variance_error(1.0, N, 5) + 0.01


def test_chains_that_do_not_move_are_an_error() -> None:
    data = normal_points(1000, mean=10.0, std=0.1)
    model = module(Affine(1), Told(1, lambda x: torch.where(x > 5, 60.0, 0.0).sum(1)))
    with pytest.raises(SamplingBudgetError, match="100% of the chains have not moved") as caught:
        drawn(metropolis(chain_length=20), model, data, 300)
    error = caught.value
    assert (error.sampler, error.wanted, error.accepted, error.proposed) == ("mh", 300, 0, 300 * 20)
    assert isinstance(error.z, Tensor)
    assert error.z.shape == (0, 1)


def test_hopeless_chains_end_early() -> None:
    data = normal_points(1000, mean=10.0, std=0.1)
    model = module(Affine(1), Told(1, lambda x: torch.where(x > 5, 60.0, 0.0).sum(1)))
    with pytest.raises(SamplingBudgetError, match="100% of the chains have not moved") as caught:
        drawn(metropolis(chain_length=640), model, data, 2000)
    assert 10_000 <= caught.value.proposed < 2000 * 640 / 50


def test_the_pace_that_leaves_too_many_behind() -> None:
    assert (1 - metropolis(chain_length=640, max_capout=0.05).least_pace) ** 640 == pytest.approx(0.05)
    assert metropolis(chain_length=640, max_capout=1.0).least_pace == 0.0


def test_a_share_of_still_chains_is_judged_over_all_samples_and_not_over_each_ranks() -> None:
    # 2 % of the real samples score so high that their chains never move: fewer than max_capout.
    values = torch.zeros(1000, 1)
    values[::50] = 10.0
    data = normal_points(1000)
    data.points.values.copy_(values)
    model = module(Affine(1), Told(1, lambda x: torch.where(x > 5, 60.0, 0.0).sum(1)))
    sampler = metropolis(chain_length=5)
    sampler.prepare(model, data)
    whole = sampler.sample(200, torch.Generator().manual_seed(3))
    assert 0 < whole.report["cap_out"] < 0.05
    parts = [sampler.sample(200, torch.Generator().manual_seed(3), rank=rank, world_size=20) for rank in range(20)]
    assert torch.equal(torch.cat([part.x for part in parts]), whole.x)


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_at_the_settings_of_the_yaml_chains_come_to_the_data_whatever_the_reals_of_the_calibration(
    composed: Compose, seed: int
) -> None:
    # Among the reals of these seeds, the one with the highest score has no fake beside it: it must not count as much
    # more real than those below it, or chains would stay at the fakes around it.
    settings = composed("data=ring", "sampler=mh")["sampler"]
    assert (settings["calibration"], settings["chain_length"]) == ("isotonic", 640)
    sampler = build(settings | {"batch_size": N}, "sampler")
    sampler.prepare(wide_generator(), normal_points(), None, seed)
    n = 2000
    result = sampler.sample(n, seeded())
    assert sampler.ratio.fitted["d"].max() < log(2) + 2.5
    # the log-ratio is known to some 5 %
    assert abs(result.x.var().item() - 1) < variance_error(1.0, n, 3) + 0.05
    assert result.report["cap_out"] < 0.01


def test_a_process_with_nothing_to_do_does_nothing() -> None:
    sampler = metropolis(chain_length=5, max_capout=0.0)
    sampler.prepare(wide_generator(), normal_points())
    assert sampler.sample(2, seeded(), rank=2, world_size=3).x.shape == (0, 1)


def test_one_step_takes_the_first_proposal_or_counts_as_still() -> None:
    result = drawn(metropolis(chain_length=1, max_capout=1.0), wide_generator(), normal_points(), 2000)
    assert torch.equal(result.latent.z, drawn(plain(), wide_generator(), normal_points(), 2000).latent.z)
    assert result.report["cap_out"] == pytest.approx(1 - result.stats["acceptance"], abs=1e-6)


@pytest.mark.parametrize("wrong", [{"chain_length": 0}, {"max_capout": 1.5}, {"calibration_samples": 3}])
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        metropolis(**wrong)
