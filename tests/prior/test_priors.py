"""Priors: moments, densities, and what is trained."""

from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.prior.base import LatentPrior
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def mixture(**changes: object) -> GaussianMixture:
    values: dict[str, Any] = {"dim": 2, "components": 3, "spread": 2.0, "std": 0.5, "trainable": False, "means_seed": 1}
    return GaussianMixture(**values | changes)


PRIORS = [Normal(dim=2), Uniform(dim=2), mixture(), mixture(trainable=True)]


@pytest.mark.parametrize("prior", PRIORS)
def test_density_integrates_to_one(prior: LatentPrior) -> None:
    axis = torch.linspace(-5.99, 5.99, 600)  # middles of cells: no point lies on the edge of the uniform square
    plane = torch.cartesian_prod(axis, axis)
    mass = prior.log_prob(plane).exp().sum() * (axis[1] - axis[0]) ** 2
    assert mass.item() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("prior", PRIORS)
def test_samples_follow_the_density(prior: LatentPrior) -> None:
    # The mean log-density of samples is minus the entropy, which the grid gives independently.
    axis = torch.linspace(-6, 6, 601)
    logs = prior.log_prob(torch.cartesian_prod(axis, axis))
    weights = logs.exp() / logs.exp().sum()
    entropy = -(weights * logs.clamp(min=-1e4)).sum()
    drawn = prior.log_prob(prior.sample(20_000, generator()).z)
    assert drawn.mean().item() == pytest.approx(-entropy.item(), abs=0.05)


@pytest.mark.parametrize("prior", PRIORS)
def test_only_the_given_generator_is_used(prior: LatentPrior) -> None:
    before = torch.get_rng_state()
    first, second = prior.sample(10, generator()).z, prior.sample(10, generator()).z
    assert torch.equal(first, second)
    assert not torch.equal(first, prior.sample(10, generator(1)).z)
    assert torch.equal(before, torch.get_rng_state())


def test_uniform_stays_in_the_cube() -> None:
    z = Uniform(dim=5).sample(5000, generator()).z
    assert z.abs().max() <= 1
    assert z.var().item() == pytest.approx(1 / 3, abs=0.01)
    assert Uniform(dim=1).log_prob(torch.tensor([[1.5]])).item() == -torch.inf


def test_mixture_components_have_their_moments() -> None:
    prior = mixture(dim=4, std=0.7)
    latent = prior.sample(60_000, generator())
    assert latent.component is not None
    shares = latent.component.bincount() / len(latent.z)
    torch.testing.assert_close(shares, torch.full((3,), 1 / 3), atol=0.01, rtol=0)
    for k in range(3):
        own = latent.z[latent.component == k]
        torch.testing.assert_close(own.mean(0), prior.means[k], atol=0.02, rtol=0)
        torch.testing.assert_close(own.std(0), torch.full((4,), 0.7), atol=0.02, rtol=0)


def test_std_is_a_standard_deviation_whatever_its_size() -> None:
    for std in (0.01, 0.15, 1.183, 30.0):
        torch.testing.assert_close(mixture(std=std).std, torch.full((3, 2), std), rtol=1e-4, atol=0)


def test_one_centred_component_of_deviation_one_is_the_normal_prior() -> None:
    alone = mixture(components=1, spread=0.0, std=1.0).sample(100, generator()).z
    torch.testing.assert_close(alone, Normal(dim=2).sample(100, generator()).z)


def test_only_drawn_components_get_a_gradient() -> None:
    prior = mixture(components=50, trainable=True)
    latent = prior.sample(8, generator())
    latent.z.sum().backward()
    assert isinstance(prior.means, torch.nn.Parameter)
    assert prior.means.grad is not None
    assert prior.rho.grad is not None
    touched = prior.means.grad.abs().sum(1) > 0
    assert latent.component is not None
    assert set(touched.nonzero().flatten().tolist()) == set(latent.component.tolist())
    assert prior.rho.grad.abs().sum() > 0


def test_a_static_mixture_has_nothing_to_train_but_is_saved() -> None:
    assert list(mixture().parameters()) == []
    assert set(mixture().state_dict()) == {"means", "rho"}


def test_means_depend_on_their_own_seed_alone() -> None:
    def means(seed: int) -> Tensor:
        return mixture(means_seed=seed).means

    torch.manual_seed(1)
    first = means(3)
    torch.manual_seed(2)
    assert torch.equal(first, means(3))
    assert not torch.equal(first, means(4))
    assert first.abs().max() <= 2


def test_separation() -> None:
    prior = mixture(components=2, std=0.5)
    prior.means.copy_(torch.tensor([[0.0, 0.0], [3.0, 4.0]]))
    assert prior.separation().item() == pytest.approx(5.0)


@pytest.mark.parametrize("wrong", [{"std": 0.0}, {"components": 0}, {"spread": -1.0}, {"dim": 0}])
def test_impossible_mixtures_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"is .* and must be"):
        mixture(**wrong)
