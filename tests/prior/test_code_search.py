"""Codes of images: of linear generators, whose codes have a closed form, and of a trained one."""

from math import sqrt
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.noise import IndexedNoise
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.code_search import CodeSearch, FoundCodes
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform
from gan_lab.trained_model import TrainedModel

D, SIDE, SCALE = 3, 4, 4.0
CPU = torch.device("cpu")


class Linear(nn.Module):
    """x = a Q z + 0.1, of a matrix Q with orthonormal columns; every component has an offset of its own."""

    def __init__(self, offset: float = 0.0) -> None:
        super().__init__()
        matrix = torch.randn(SIDE * SIDE, D, generator=torch.Generator().manual_seed(3))
        self.q = nn.Parameter(torch.linalg.qr(matrix)[0])
        self.offset = offset

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        moved = 0.1 + (0.0 if labels is None else self.offset * labels[:, None])
        return (SCALE * z @ self.q.T + moved).view(-1, 1, SIDE, SIDE)

    def least_squares(self, images: Tensor, offset: float = 0.0) -> Tensor:
        return (images.flatten(1) - 0.1 - offset) @ self.q / SCALE


def search(**changed: Any) -> CodeSearch:
    given = {"candidates": 40, "starts": 3, "steps": 300, "learning_rate": 0.1, "weight": 0.0, "batch_size": 500}
    return CodeSearch(**given | changed)


def images(n: int = 6, seed: int = 1) -> Tensor:
    return torch.randn(n, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def components(found: FoundCodes) -> list[int]:
    assert found.latent.component is not None
    return found.latent.component.tolist()


def mixture() -> GaussianMixture:
    return GaussianMixture(dim=D, components=4, spread=1.0, std=0.5, trainable=True, means_seed=0)


@pytest.mark.parametrize("prior", [Normal(dim=D), mixture()])
def test_without_a_term_for_the_prior_the_code_is_that_of_least_squares(prior: LatentPrior) -> None:
    generator = Linear()
    found = search().find(generator, prior, images(), 1)
    expected = generator.least_squares(images())
    assert torch.allclose(found.latent.z, expected, atol=1e-3)
    error = (generator(expected) - images()).square().mean((1, 2, 3))
    assert torch.allclose(found.error, error, atol=1e-5)
    assert torch.allclose(found.x, generator(found.latent.z), atol=1e-5)
    assert all(parameter.grad is None and parameter.requires_grad for parameter in generator.parameters())


def test_the_term_for_the_prior_draws_the_code_towards_the_sphere_as_far_as_it_weighs() -> None:
    """With orthonormal columns the best code lies in the direction of that of least squares, and its norm r minimises
    a^2 (r - r*)^2 / p + weight (r / sqrt(d) - 1)^2 for p pixels."""
    generator, weight = Linear(), 2.0
    found = search(weight=weight).find(generator, Normal(dim=D), images(), 1)
    free = generator.least_squares(images())
    of_pixels, norm = SCALE**2 / SIDE**2, free.norm(dim=1)
    r = (of_pixels * norm + weight / sqrt(D)) / (of_pixels + weight / D)
    assert torch.allclose(found.latent.z, free * (r / norm)[:, None], atol=1e-3)
    assert torch.allclose(found.norm, r / sqrt(D), atol=1e-3)
    assert torch.allclose(found.loss, found.error + weight * (r / sqrt(D) - 1).square(), atol=1e-5)


def test_codes_of_a_uniform_prior_stay_in_its_cube() -> None:
    """With orthonormal columns the nearest code of a cube is that of least squares, clipped."""
    generator = Linear()
    wide = 8 * images()
    found = search(weight=5.0).find(generator, Uniform(dim=D), wide, 1)
    free = generator.least_squares(wide)
    assert (free.abs() > 1).any()
    assert torch.allclose(found.latent.z, free.clamp(-1, 1), atol=1e-3)
    assert torch.equal(found.loss, found.error), "there is no term for a uniform prior"


@pytest.mark.parametrize("prior", [mixture(), Labelled(dim=D, components=4)])
def test_the_component_that_fits_is_found(prior: LatentPrior) -> None:
    generator = Linear(offset=3.0)
    own = prior.sample(8, torch.Generator().manual_seed(5))
    assert own.component is not None
    with torch.no_grad():
        found = search().find(generator, prior, generator(own.z, own.component), 1)
    assert components(found) == own.component.tolist()
    assert torch.allclose(found.latent.z, own.z.detach(), atol=1e-3)


def test_candidates_are_as_many_of_each_component() -> None:
    found = search(candidates=10).draw(mixture(), IndexedNoise(("any",), CPU))
    assert found.component is not None
    assert found.component.bincount().tolist() == [3, 3, 2, 2]


class Folded(Linear):
    """Has many local minima."""

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(torch.sin(3 * z), labels)


def test_of_several_starts_the_best_is_kept_and_the_first_is_that_of_a_single_one() -> None:
    generator, prior = Folded(), Normal(dim=D)
    one, many = (search(starts=starts, weight=0.1, steps=40).find(generator, prior, images(), 1) for starts in (1, 6))
    assert torch.allclose(many.losses[:, :1], one.losses, atol=1e-5)
    assert torch.equal(many.loss, many.losses.min(1).values)
    assert (many.loss < one.loss - 1e-3).any()
    again = (generator(many.latent.z) - images()).square().mean((1, 2, 3))
    norm = many.latent.z.norm(dim=1) / sqrt(D)
    assert torch.allclose(many.loss, again + 0.1 * (norm - 1).square(), atol=1e-5), "the kept code has the least loss"


@pytest.mark.parametrize("batch_size", [1, 7])
def test_a_code_depends_neither_on_the_batch_size_nor_on_other_images(batch_size: int) -> None:
    generator, prior = Folded(), mixture()
    settings = {"weight": 0.1, "steps": 40}
    whole = search(**settings).find(generator, prior, images(), 1)
    parts = search(**settings, batch_size=batch_size).find(generator, prior, images(), 1)
    alone = search(**settings).find(generator, prior, images()[4:5], 1)
    assert torch.allclose(whole.latent.z, parts.latent.z, atol=1e-4)
    assert torch.allclose(whole.losses, parts.losses, atol=1e-5)
    assert torch.allclose(whole.latent.z[4:5], alone.latent.z, atol=1e-4)
    assert components(whole) == components(parts)


def test_other_seeds_have_other_candidates_and_the_global_stream_is_left_alone() -> None:
    generator, prior, state = Linear(), Normal(dim=D), torch.get_rng_state()
    first, second = (search(steps=1).find(generator, prior, images(), seed).latent.z for seed in (1, 2))
    assert not torch.equal(first, second)
    with torch.inference_mode():
        assert torch.equal(search(steps=1).find(generator, prior, images(), 1).latent.z, first)
    assert torch.equal(torch.get_rng_state(), state)


class Broken(Linear):
    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return super().forward(z, labels) / 0


def test_what_cannot_be_sought_is_refused() -> None:
    with pytest.raises(GanLabError, match="starts=41 must be at most candidates=40"):
        search(starts=41)
    with pytest.raises(GanLabError, match="40 of 40 samples are not finite"):
        search().find(Broken(), Normal(dim=D), images(), 1)


OWN = 2e-3
"""The error below which the page says that own samples of gmgan_dynamic are recovered."""


def test_own_samples_of_a_trained_model_are_recovered() -> None:
    generator, prior = TrainedModel.open("gmgan_dynamic", "best", CPU).module.averaged_networks
    own = prior.sample(6, torch.Generator().manual_seed(0))
    usual = CodeSearch(candidates=1000, starts=4, steps=200, learning_rate=0.1, weight=0.1, batch_size=500)
    found = usual.find(generator, prior, generator(own.z, own.component), 1)
    assert found.error.max() < OWN
    assert own.component is not None
    assert components(found) == own.component.tolist()
    assert (found.norm - 1).abs().max() < 0.25
