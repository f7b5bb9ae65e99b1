"""Random numbers that belong to a sample."""

import pytest
import torch

from gan_lab.prior.base import LatentPrior
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform
from gan_lab.sampler.draws import Draws
from tests.present import present
from tests.sampler.known import seeded

PRIORS: list[LatentPrior] = [
    Normal(dim=3),
    Uniform(dim=3),
    GaussianMixture(dim=3, components=4, spread=2.0, std=1.0, trainable=False, means_seed=1),
]


def draws(prior: LatentPrior, n: int = 12, seed: int = 3) -> Draws:
    return Draws.of(prior, n, seeded(seed))


@pytest.mark.parametrize("prior", PRIORS)
def test_a_sample_has_its_numbers_whoever_is_drawn_beside_it(prior: LatentPrior) -> None:
    whole, some = draws(prior), torch.tensor([7, 2, 11])
    for part in (whole.only(some), whole.at(some), whole.only(torch.arange(1, 12)).only(some - 1)):
        assert len(part) == 3
        assert torch.equal(part.codes(prior).z, whole.codes(prior).z[some])
        assert torch.equal(part.uniform("a", 1), whole.uniform("a", 1)[some])
        assert torch.equal(part.normal("a", 1), whole.normal("a", 1)[some])
        tried = part.attempt(2).attempt(5)
        assert torch.equal(tried.codes(prior).z, whole.attempt(2).attempt(5).codes(prior).z[some])


@pytest.mark.parametrize("prior", PRIORS)
def test_the_first_attempt_gives_the_plain_generators_codes_and_others_do_not(prior: LatentPrior) -> None:
    whole = draws(prior)
    expected = prior.sample(12, seeded()).z
    assert torch.equal(whole.codes(prior).z, expected)
    assert torch.equal(whole.attempt(0).codes(prior).z, expected)
    assert torch.equal(whole.attempt(0).attempt(0).codes(prior).z, expected)
    seen = [whole.attempt(i).attempt(j).codes(prior).z for i in range(3) for j in range(3)]
    for i, first in enumerate(seen):
        for second in seen[:i]:
            assert not torch.equal(first, second)


def test_draws_are_named_and_the_same_name_gives_the_same_numbers() -> None:
    whole = draws(PRIORS[0])
    first = whole.uniform("accept", 3)
    whole.uniform("other")
    assert torch.equal(whole.uniform("accept", 3), first)
    others = [
        whole.uniform("accept", 4),
        whole.uniform("accepted", 3),
        whole.attempt(1).uniform("accept", 3),
        whole.attempt(0).uniform("accept", 3),
        draws(PRIORS[0], seed=4).uniform("accept", 3),
    ]
    assert not any(torch.equal(first, other) for other in others)


def test_numbers_have_the_laws_that_they_say() -> None:
    n, prior = 20_000, Normal(dim=4)
    whole = draws(prior, n)
    uniform, normal = whole.uniform("u").double(), whole.normal("n").double()
    assert uniform.shape == (n,)
    assert normal.shape == (n, 4)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean().item() - 0.5) < 4.5 * (1 / 12 / n) ** 0.5
    assert abs(normal.mean().item()) < 4.5 / (4 * n) ** 0.5
    assert abs(normal.var().item() - 1) < 4.5 * (2 / (4 * n)) ** 0.5
    codes = torch.stack([whole.attempt(i).codes(prior).z for i in range(3)]).double()
    covariance = torch.corrcoef(codes.flatten(1))
    assert (covariance - torch.eye(3)).abs().max() < 4.5 / codes[0].numel() ** 0.5


def test_components_that_were_chosen_stay_through_all_attempts() -> None:
    prior, chosen = PRIORS[2], torch.arange(12) % 4
    whole = Draws.of(prior, 12, seeded(), component=chosen)
    for part in (whole, whole.attempt(0), whole.attempt(3), whole.attempt(1).attempt(2)):
        assert torch.equal(present(part.codes(prior).component), chosen)
    assert torch.equal(present(whole.attempt(3).only(torch.tensor([5, 1])).codes(prior).component), chosen[[5, 1]])


def test_the_generators_state_decides_and_moves_on() -> None:
    generator = seeded()
    first, second = (Draws.of(PRIORS[0], 5, generator) for _ in range(2))
    assert first.seed != second.seed
    assert not torch.equal(first.first.z, second.first.z)
    assert draws(PRIORS[0], 5).seed == first.seed
