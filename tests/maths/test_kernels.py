"""Squared distances keep their digits, and kernels their shape."""

import pytest
import torch

from gan_lab.maths.kernels import kernel_matrix, means_of_others, squared_distances


def test_distances_keep_their_digits_far_from_the_origin() -> None:
    random = torch.Generator().manual_seed(0)
    x, y = (torch.randn(n, 5, generator=random) + 1000 for n in (40, 30))
    exact = (x.double()[:, None] - y.double()).square().sum(2)
    assert ((squared_distances(x, y).double() - exact) / exact).abs().max() < 1e-4
    assert (
        (torch.cdist(x, y, compute_mode="use_mm_for_euclid_dist").double().square() - exact) / exact
    ).abs().max() > 0.1
    assert squared_distances(x, x).min() >= 0
    assert squared_distances(x, x).diagonal().max() < 1e-4


def test_a_half_precision_region_does_not_round_distances() -> None:
    x = torch.randn(9, 4, generator=torch.Generator().manual_seed(1))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = squared_distances(x, x)
    torch.testing.assert_close(found, squared_distances(x, x), rtol=0, atol=0)


def test_a_rational_quadratic_kernel_tends_to_a_gaussian_one() -> None:
    x = torch.linspace(0, 2, 5, dtype=torch.float64)[:, None]
    gaussian = kernel_matrix(x, x, "gaussian", (1.0,))
    for a, near in ((10.0, 0.1), (1e6, 1e-5)):
        assert (kernel_matrix(x, x, "rational_quadratic", (a,)) - gaussian).abs().max() < near
    assert kernel_matrix(x, x, "rational_quadratic", (1.0, 2.0)).diagonal().tolist() == pytest.approx([2.0] * 5)


def test_the_mean_of_the_others() -> None:
    square = torch.tensor([[9.0, 1.0, 2.0], [3.0, 9.0, 5.0], [7.0, 8.0, 9.0]])
    assert means_of_others(square).tolist() == [1.5, 4.0, 7.5]
