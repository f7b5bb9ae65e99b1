"""Normal codes with classes."""

import pytest
import torch

from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from tests.present import present


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_codes_and_density_are_normal_whatever_the_class() -> None:
    latent, plain = Labelled(dim=3, components=4).sample(200, generator()), Normal(dim=3).sample(200, generator())
    assert torch.equal(latent.z, plain.z)
    assert torch.equal(Labelled(dim=3, components=4).log_prob(latent.z), Normal(dim=3).log_prob(latent.z))


def test_classes_are_even_and_independent_of_the_codes() -> None:
    latent = Labelled(dim=2, components=4).sample(40_000, generator())
    assert latent.component is not None
    torch.testing.assert_close(latent.component.bincount() / 40_000, torch.full((4,), 0.25), atol=0.01, rtol=0)
    for k in range(4):
        own = latent.z[latent.component == k]
        torch.testing.assert_close(own.mean(0), torch.zeros(2), atol=0.04, rtol=0)
        torch.testing.assert_close(own.std(0), torch.ones(2), atol=0.04, rtol=0)


def test_a_chosen_class_leaves_the_codes_as_they_are() -> None:
    prior, chosen = Labelled(dim=2, components=4), torch.full((10,), 3)
    assert torch.equal(prior.sample(10, generator(), chosen).z, prior.sample(10, generator()).z)
    assert torch.equal(present(prior.sample(10, generator(), chosen).component), chosen)


def test_no_class_is_refused() -> None:
    with pytest.raises(ValueError, match="components is 0 and must"):
        Labelled(dim=2, components=0)
