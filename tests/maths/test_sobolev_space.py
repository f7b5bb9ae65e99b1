"""Sobolev norms: the filter on known waves, duality, and the constants of MNIST."""

from math import cos, inf, pi
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.data.samples import Samples
from gan_lab.maths.sobolev_space import SobolevSpace, bessel, mean_norm, power_norm
from tests.fixtures import Compose

SPACES = [(0.0, 2.0), (-1.5, 2.0), (1.0, 2.0), (0.0, 1.1), (0.0, 10.0), (-0.7, 3.0), (0.5, 1.5)]


def images(n: int = 4, shape: tuple[int, ...] = (3, 8, 6)) -> Tensor:
    return torch.randn(n, *shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 7, 9), (1, 8, 5), (2, 1, 4)])
def test_the_filter_is_undone_by_its_opposite(shape: tuple[int, ...]) -> None:
    x = images(shape=shape)
    torch.testing.assert_close(bessel(bessel(x, 1.3), -1.3), x)


@pytest.mark.parametrize("s", [-1.5, 0.7])
def test_pictures_without_channels_are_filtered_like_those_with_one(s: float) -> None:
    x = images(shape=(1, 7, 10))
    torch.testing.assert_close(bessel(x[:, 0], s), bessel(x, s)[:, 0])


@pytest.mark.parametrize("s", [-2.0, 0.7])
def test_constant_images_stay_as_they_are(s: float) -> None:
    x = torch.full((2, 3, 8, 6), 0.4)
    torch.testing.assert_close(bessel(x, s), x)


@pytest.mark.parametrize(("u", "v"), [(0, 1), (3, 2), (4, 3), (14, 14)])
@pytest.mark.parametrize("s", [-1.5, 1.0])
def test_a_pure_wave_is_scaled_by_its_frequency(u: int, v: int, s: float) -> None:
    n = 28
    wave = torch.tensor([[cos(2 * pi * (u * i + v * j) / n) for j in range(n)] for i in range(n)])[None, None]
    scale = (1 + 5 * (u**2 + v**2) / (n / 2) ** 2) ** (s / 2)
    torch.testing.assert_close(bessel(wave, s), scale * wave, rtol=1e-4, atol=1e-5)


def test_against_the_full_complex_transform() -> None:
    x, s = images(shape=(2, 7, 10)), -1.5
    xi = [torch.tensor([min(i, n - i) / (n // 2) for i in range(n)], dtype=torch.float64) for n in (7, 10)]
    response = (1 + 5 * (xi[0][:, None] ** 2 + xi[1][None, :] ** 2)) ** (s / 2)
    torch.testing.assert_close(bessel(x, s), torch.fft.ifft2(response * torch.fft.fft2(x)).real)


@pytest.mark.parametrize(("s", "p"), [*SPACES, (0.0, 1.0), (-1.0, inf), (0.0, inf), (1.0, 1.0)])
def test_no_image_of_norm_one_has_a_larger_product_than_the_dual_norm(s: float, p: float) -> None:
    space, g, x = SobolevSpace(s=s, p=p), images(1), images(500)
    products = (g * x).flatten(1).sum(1).abs() / space.norm(x)
    assert products.max() <= space.dual_norm(g).item() * (1 + 1e-9)


@pytest.mark.parametrize(("s", "p"), SPACES)
def test_one_image_reaches_it(s: float, p: float) -> None:
    space, g = SobolevSpace(s=s, p=p), images()
    h = bessel(g, -s)
    x = bessel(h.sign() * h.abs() ** (space.q - 1), -s)
    torch.testing.assert_close((g * x).flatten(1).sum(1) / space.norm(x), space.dual_norm(g))


@pytest.mark.parametrize(("p", "q"), [(1.0, inf), (inf, 1.0), (2.0, 2.0), (1.1, 11.0), (10.0, 10 / 9)])
def test_dual_exponents(p: float, q: float) -> None:
    assert SobolevSpace(s=0.0, p=p).q == pytest.approx(q)


@pytest.mark.parametrize("p", [0.5, -1.0, float("nan")])
def test_what_is_no_norm_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match=r"SobolevSpace\.p is .* and must be a number from 1 to inf"):
        SobolevSpace(s=0.0, p=p)


@pytest.mark.parametrize("p", [1.0, 1.1, 2.0, 7.0, 11.0, inf])
def test_power_norms_of_small_large_and_no_numbers(p: float) -> None:
    x, size = images(4).flatten(1), torch.tensor([1e-30, 1e-5, 1.0, 1e30])
    found = power_norm(size[:, None] * x.float(), p) / size
    torch.testing.assert_close(found.double(), torch.linalg.vector_norm(x, p, dim=1), rtol=1e-5, atol=0)
    nothing = torch.zeros(2, 5, requires_grad=True)
    norm = power_norm(nothing, p)
    (slope,) = torch.autograd.grad(norm.sum(), nothing)
    assert norm.eq(0).all()
    assert slope.eq(0).all()


@pytest.mark.parametrize("p", [1.1, 7.0, inf])
def test_tiny_entries_beside_large_ones_change_nothing(p: float) -> None:
    x = torch.tensor([[1e-30, 1e5, -1e-20], [3.0, 0.0, -1e-30]])
    torch.testing.assert_close(power_norm(x, p), torch.tensor([1e5, 3.0]))


@pytest.mark.parametrize("p", [1.1, 2.0, 7.0])
def test_the_gradient_of_a_norm(p: float) -> None:
    assert torch.autograd.gradcheck(
        lambda x: SobolevSpace(s=-1.5, p=p).dual_norm(x), images(2, (1, 4, 3)).requires_grad_(True)
    )


@pytest.mark.parametrize("n", [3, 1999, 2000, 5000])
def test_the_mean_is_over_samples_from_everywhere(n: int) -> None:
    # The norms are 0, 1, ..., n - 1 over n - 1: their mean is one half wherever evenly many are taken.
    values = torch.linspace(0, 1, n)[:, None] * torch.tensor([[1.0, 0.0]])
    counted = []

    def norm(x: Tensor) -> Tensor:
        counted.append(len(x))
        return x.norm(dim=1)

    assert mean_norm(norm, Samples(values)).item() == pytest.approx(0.5, abs=1e-3)
    assert counted[0] == n if n < 4000 else counted[0] >= 2000


MNIST = {  # (s, p): E ||x||_{s,p} and E ||x||_*, worked out with other code on 2,000 training images in [-1, 1]
    (0.0, 2.0): (26.9, 26.9),
    (-1.5, 2.0): (25.3, 31.8),
    (-2.0, 2.0): (24.9, 35.8),
    (1.0, 2.0): (29.4, 25.7),
    (0.0, 4.0): (5.16, 141.0),
    (0.0, 10.0): (1.92, 382.0),
    (0.0, 1.1): (406.0, 1.81),
}


@pytest.mark.mnist
def test_constants_of_mnist(composed: Compose, mnist_root: Path) -> None:
    data = build(composed("data=mnist", f"data.root='{mnist_root}'")["data"], "data")
    data.setup()
    for (s, p), expected in MNIST.items():
        space = SobolevSpace(s=s, p=p)
        found = [mean_norm(norm, data.train).item() for norm in (space.norm, space.dual_norm)]
        assert found == pytest.approx(list(expected), rel=0.01), (s, p)
