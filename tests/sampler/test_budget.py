"""When to give up, and trying until something is accepted."""

import pytest
import scipy.stats
import torch
from torch import Tensor

from gan_lab.errors import SamplingBudgetError
from gan_lab.prior.normal import Normal
from gan_lab.sampler.budget import Budget, upper_bound
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.rejection import Verdict, until_accepted
from gan_lab.types import Latent
from tests.present import present
from tests.sampler.known import seeded

PRIOR = Normal(dim=2)


def budget(wanted: int = 100, least: float = 1e-3, probe: int = 10_000) -> Budget:
    return Budget("test", wanted=wanted, least=least, probe=probe, hint="do better")


@pytest.mark.parametrize(("accepted", "proposed"), [(0, 10), (0, 10_000), (3, 1000), (9, 10)])
def test_at_the_upper_bound_so_few_acceptances_have_a_probability_of_one_percent(accepted: int, proposed: int) -> None:
    bound = upper_bound(accepted, proposed)
    assert scipy.stats.binom(proposed, bound).cdf(accepted) == pytest.approx(0.01, rel=1e-6)


def test_the_upper_bound_of_what_always_accepts_is_one() -> None:
    assert upper_bound(5, 5) == 1.0
    assert upper_bound(0, 0) == 1.0


def test_it_ends_at_the_budget_and_not_before() -> None:
    spent = budget(wanted=10, least=0.01, probe=10)
    spent.spend(999, 9)
    with pytest.raises(SamplingBudgetError):
        spent.spend(1, 0)


def test_it_never_ends_before_the_probe() -> None:
    spent = budget(wanted=1, least=0.01, probe=10_000)
    spent.spend(9_999, 0)  # a hundred times what one sample may cost
    with pytest.raises(SamplingBudgetError):
        spent.spend(1, 0)


def test_what_is_filled_never_ends_with_an_error() -> None:
    spent = budget(wanted=10, least=0.5, probe=1)
    spent.spend(1000, 10)
    assert spent.stats == {"proposed": 1000.0, "accepted": 10.0, "acceptance": 0.01}


def test_the_hopeless_ends_after_the_probe_and_the_merely_unlucky_does_not() -> None:
    spent = budget(wanted=10**6)
    spent.spend(9999, 0)
    with pytest.raises(SamplingBudgetError):
        spent.spend(1, 0)
    unlucky = budget(wanted=10**6)
    unlucky.spend(10_000, 4)  # 4 or fewer of 10,000 have a probability of 3 % at the least acceptance
    assert scipy.stats.binom(10_000, 1e-3).cdf(4) > 0.01
    with pytest.raises(SamplingBudgetError):
        unlucky.spend(10_000, 1)


def test_the_error_says_all_that_is_known() -> None:
    with pytest.raises(SamplingBudgetError) as caught:
        budget().spend(200_000, 2)
    error = caught.value
    assert (error.sampler, error.wanted, error.accepted, error.proposed) == ("test", 100, 2, 200_000)
    assert error.acceptance == 1e-5
    assert str(error) == ("sampler=test accepted 2 of 200000 proposals (1e-05) and cannot draw 100 samples: do better")


@pytest.mark.parametrize("batch_size", [1, 13, 5000])
def test_each_sample_takes_its_first_accepted_proposal(batch_size: int) -> None:
    n, share = 200, 0.07
    draws = Draws.of(PRIOR, n, seeded())

    def judge(latent: Latent, uniform: Tensor) -> Verdict:
        return Verdict(uniform < share, 3 * latent.z, uniform > 0.5)

    spent = budget(wanted=n)
    latent, x, remarkable = until_accepted(draws, lambda part: part.codes(PRIOR), judge, spent, batch_size)
    proposed = high = 0
    for i in range(n):
        one, attempt = draws.only(torch.tensor([i])), 0
        while one.attempt(attempt).uniform("accept") >= share:
            high += int(one.attempt(attempt).uniform("accept") > 0.5)
            attempt += 1
        proposed += attempt + 1
        assert torch.equal(latent.z[i], one.attempt(attempt).codes(PRIOR).z[0])
    assert torch.equal(present(x), 3 * latent.z)
    assert spent.proposed == proposed
    assert remarkable == high, "of what was proposed, not of what was computed in vain"
    assert spent.accepted == n
    assert abs(n / proposed - share) < 4.5 * (share / proposed) ** 0.5


def test_the_accepted_until_then_come_with_the_error() -> None:
    draws = Draws.of(PRIOR, 50, seeded())

    def judge(latent: Latent, uniform: Tensor) -> Verdict:
        return Verdict(latent.z[:, 0] > 2.2)

    with pytest.raises(SamplingBudgetError) as caught:
        until_accepted(draws, lambda part: part.codes(PRIOR), judge, budget(wanted=50, least=0.2, probe=10), 100)
    z = caught.value.z
    assert isinstance(z, Tensor)
    assert len(z) == caught.value.accepted
    assert 0 < len(z) < 50
    assert (z[:, 0] > 2.2).all()


def test_nobody_asked_for_gets_nothing() -> None:
    draws = Draws.of(PRIOR, 5, seeded()).only(torch.arange(0))
    latent, x, _ = until_accepted(
        draws, lambda part: part.codes(PRIOR), lambda latent, u: Verdict(u < 2, latent.z), budget(wanted=0), 10
    )
    assert latent.z.shape == (0, 2)
    assert present(x).shape == (0, 2)
