"""Codes that represent a latent distribution."""

import pytest
import torch

from gan_lab.prior.base import LatentPrior
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from gan_lab.prior.representative import representative_codes
from gan_lab.prior.uniform import Uniform

MIXTURE = GaussianMixture(dim=6, components=4, spread=2.0, std=0.7, means_seed=3, trainable=False)
PRIORS = (Normal(dim=6), Uniform(dim=6), Labelled(dim=6, components=4), MIXTURE)


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: type(prior).__name__)
def test_their_moments_are_those_of_the_prior(prior: LatentPrior) -> None:
    """Of many independent codes they are nearly so; of these, exactly."""
    latent = representative_codes(prior, 400, torch.Generator().manual_seed(1))
    if latent.component is not None:
        assert latent.component.bincount().tolist() == [100] * 4
    many = prior.sample(200_000, torch.Generator().manual_seed(2)).z.double()
    z = latent.z.double()
    torch.testing.assert_close(z.mean(0), many.mean(0), rtol=0, atol=0.03)
    torch.testing.assert_close(z.std(0), many.std(0), rtol=0.03, atol=0)
    mean, std = prior.moments(latent)
    e = (latent.z - mean) / std
    torch.testing.assert_close(e.mean(0), torch.zeros(6), rtol=0, atol=1e-5)
    torch.testing.assert_close(e.T @ e / 400, torch.eye(6), rtol=0, atol=1e-5)


def test_they_are_enough_for_any_dimension() -> None:
    assert len(representative_codes(Normal(dim=50), 10, torch.Generator().manual_seed(1)).z) == 204
