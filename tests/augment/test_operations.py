"""What each operation does to an image, by closed values and by independent loops, and its gradient."""

import pytest
import torch
from torch import Tensor

from gan_lab.augment.operations import DRAWS, OPERATIONS, colour, cutout, inside, places, translation

MIDDLE = {"colour": [0.5, 0.5, 0.5], "translation": [0.5, 0.5]}
"""Numbers for which an operation changes nothing."""


def images(n: int, channels: int = 3, height: int = 16, width: int = 24) -> Tensor:
    return torch.randn(n, channels, height, width, generator=torch.Generator().manual_seed(n), dtype=torch.double)


@pytest.mark.parametrize("name", MIDDLE)
def test_in_the_middle_nothing_changes(name: str) -> None:
    x = images(2)
    torch.testing.assert_close(OPERATIONS[name](x, torch.tensor([MIDDLE[name]] * 2).double()), x)


def test_colour_moves_the_mean_and_scales_what_differs() -> None:
    """Brightness adds to the mean; the variance over pixels of the grey image grows by the square of the contrast; the
    variance over channels, besides, by the square of the saturation."""
    x, u = images(1), torch.tensor([[0.9, 0.8, 0.3]]).double()
    y = colour(x, u)
    assert (y.mean() - x.mean()).item() == pytest.approx(0.4)
    grey = y.mean(1).std() / x.mean(1).std()
    assert grey.item() == pytest.approx(0.8)
    apart = ((y - y.mean(1, keepdim=True)) / (x - x.mean(1, keepdim=True))).flatten()
    torch.testing.assert_close(apart, torch.full_like(apart, 2 * 0.8 * 0.8))


@pytest.mark.parametrize(
    ("u", "down", "right"), [((0.0, 0.99), 2, -3), ((0.999, 0.0), -2, 3), ((0.21, 0.5), 1, 0), ((0.5, 1 - 1e-9), 0, -3)]
)
def test_translation_moves_every_pixel_and_leaves_grey(u: tuple[float, float], down: int, right: int) -> None:
    x = images(1)
    y = translation(x, torch.tensor([u]).double())
    for row in range(16):
        for column in range(24):
            of_row, of_column = row - down, column - right
            here = 0 <= of_row < 16 and 0 <= of_column < 24
            wanted = x[0, :, of_row, of_column] if here else torch.zeros(3).double()
            assert torch.equal(y[0, :, row, column], wanted)


def test_cutout_makes_one_hole_of_half_the_sides_where_it_fits() -> None:
    x, u = torch.ones(1, 1, 16, 24).double(), torch.tensor([[0.5, 0.25]]).double()
    hole = (cutout(x, u)[0, 0] == 0).nonzero()
    assert hole.min(0).values.tolist() == [4, 0]  # the centre (8, 6): rows 4 to 11, columns 0 to 11
    assert hole.max(0).values.tolist() == [11, 11]
    assert len(hole) == 8 * 12
    corner = cutout(x, torch.tensor([[0.0, 1 - 1e-9]]).double())[0, 0]
    assert (corner == 0).nonzero().tolist() == [[row, column] for row in range(4) for column in range(12 + 6, 24)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_image_is_changed_by_its_own_numbers_and_has_a_gradient(name: str) -> None:
    x, u = images(3, 2, 8, 8).requires_grad_(), torch.rand(3, DRAWS[name], dtype=torch.double)
    alone = torch.cat([OPERATIONS[name](x[i : i + 1], u[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(OPERATIONS[name](x, u), alone)
    assert torch.autograd.gradcheck(lambda some: OPERATIONS[name](some, u), (x,))


@pytest.mark.parametrize(("side", "far", "hole"), [(20, 3, 10), (25, 3, 13), (28, 4, 14), (32, 4, 16), (64, 8, 32)])
def test_halves_are_rounded_up(side: int, far: int, hole: int) -> None:
    """An eighth of 20 pixels is 2.5, and a half of 25 is 12.5."""
    assert places(side, torch.tensor([0.5]))[1] == far
    assert inside(side, torch.tensor([0.5])).sum() == hole


def test_every_shift_is_as_likely_as_the_others() -> None:
    """With numbers in equal steps, each of the five rows' shifts of 16 pixels comes equally often."""
    marked = torch.zeros(1000, 1, 16, 16)
    marked[:, :, 8, 8] = 1
    u = torch.stack([(torch.arange(1000) + 0.5) / 1000, torch.full((1000,), 0.5)], 1)
    rows = translation(marked, u).sum((0, 1, 3))
    assert rows.nonzero().flatten().tolist() == [6, 7, 8, 9, 10]
    assert rows[6:11].tolist() == [200.0] * 5
