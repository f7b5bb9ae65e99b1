"""Arcs and lines between codes, in closed form."""

from math import sqrt

import pytest
import torch

from gan_lab.prior.base import LatentPrior
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform
from gan_lab.sample.trajectory import interpolation, slerp, traversal
from gan_lab.types import Latent
from tests.present import present

T = torch.linspace(0, 1, 5, dtype=torch.float64)


def pair(n: int = 4, d: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    own = torch.Generator().manual_seed(0)
    return torch.randn(n, d, generator=own).double(), torch.randn(n, d, generator=own).double()


def codes(prior: LatentPrior, n: int, component: torch.Tensor | None = None) -> Latent:
    return prior.sample(n, torch.Generator().manual_seed(0), component)


def mixture(dim: int = 6) -> GaussianMixture:
    return GaussianMixture(dim=dim, components=3, spread=2.0, std=0.5, trainable=False, means_seed=0)


def test_an_arc_ends_at_its_ends() -> None:
    first, last = pair()
    arc = slerp(first, last, T)
    assert torch.equal(arc[:, 0], first)
    assert torch.equal(arc[:, -1], last)


def test_an_arc_between_equal_norms_keeps_them() -> None:
    first, last = (3 * side / side.norm(dim=1, keepdim=True) for side in pair())
    torch.testing.assert_close(slerp(first, last, T).norm(dim=2), torch.full((4, 5), 3.0).double())


def test_an_arc_goes_at_an_even_pace() -> None:
    """Between orthogonal unit vectors the point at t is (cos, sin) of t pi / 2; the middle is their sum / sqrt 2."""
    first, last = torch.eye(2, 3).double()[:1], torch.eye(2, 3).double()[1:]
    arc = slerp(first, last, T)[0]
    angle = T * torch.pi / 2
    torch.testing.assert_close(arc, torch.stack([angle.cos(), angle.sin(), 0 * angle], 1))
    torch.testing.assert_close(arc[2], torch.tensor([1, 1, 0]).double() / sqrt(2))


@pytest.mark.parametrize("factor", [-1.0, 1.0, 2.0, 0.0])
def test_where_no_arc_is_defined_the_way_is_straight(factor: float) -> None:
    first, _ = pair()
    way = slerp(first, factor * first, T)
    torch.testing.assert_close(way, (1 + (factor - 1) * T)[:, None] * first[:, None])


def test_a_chain_of_codes_is_interpolated_row_after_row() -> None:
    prior = Normal(dim=50)
    latent = codes(prior, 4)
    way = interpolation(prior, latent, 6).z.view(3, 6, 50)
    assert torch.equal(way[:, 0], latent.z[:-1])
    assert torch.equal(way[:, -1], latent.z[1:])
    first, last = latent.z[:-1].double(), latent.z[1:].double()
    arc = slerp(first, last, torch.linspace(0, 1, 6, dtype=torch.float64))
    torch.testing.assert_close(way, arc.float())


def test_a_mixture_turns_around_means_that_move_in_a_straight_line() -> None:
    prior = mixture()
    latent = codes(prior, 2, torch.tensor([0, 2]))
    way = interpolation(prior, latent, 5)
    e = (latent.z - prior.means[latent.component]) / 0.5
    middle = (prior.means[0] + prior.means[2]) / 2 + 0.5 * slerp(e[:1].double(), e[1:].double(), T)[0, 2].float()
    torch.testing.assert_close(way.z[2], middle)
    torch.testing.assert_close(way.z[[0, -1]], latent.z)
    assert way.component is not None
    assert way.component.tolist() == [0, 0, 2, 2, 2]


def test_a_class_changes_in_the_middle() -> None:
    prior = Labelled(dim=3, components=4)
    way = interpolation(prior, codes(prior, 2, torch.tensor([1, 3])), 4)
    assert way.component is not None
    assert way.component.tolist() == [1, 1, 3, 3]


def test_in_a_cube_all_ways_are_straight() -> None:
    prior = Uniform(dim=3)
    latent = codes(prior, 2)
    way = interpolation(prior, latent, 3)
    torch.testing.assert_close(way.z[1], latent.z.mean(0))
    moved = traversal(prior, codes(prior, 1), 3, 3).z.view(3, 3, 3)
    assert moved[1, :, 1].tolist() == [-1, 0, 1]


@pytest.mark.parametrize("prior", [Normal(dim=6), mixture()])
def test_a_traversal_changes_one_coordinate_in_each_row(prior: LatentPrior) -> None:
    code = codes(prior, 1)
    middle, std = (part.expand_as(code.z) for part in prior.gaussian(code))
    moved = traversal(prior, code, 4, 7)
    rows = moved.z.view(4, 7, 6)
    for row in range(4):
        others = [i for i in range(6) if i != row]
        torch.testing.assert_close(rows[row][:, others], code.z[:, others].expand(7, -1))
        expected = middle[0, row] + std[0, row] * torch.arange(-3.0, 4.0)
        torch.testing.assert_close(rows[row][:, row], expected)
    assert code.component is None or torch.equal(present(moved.component), code.component.expand(28))
