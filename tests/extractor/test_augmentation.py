"""What augmentation does to images whose change can be worked out by hand."""

import math

import pytest
import torch
from torch import Tensor

from gan_lab.extractor.augmentation import BRIGHTNESS, moved, two_views

IMAGES = torch.rand(3, 2, 6, 8, generator=torch.Generator().manual_seed(0))
NOT_SHIFTED, NOT_TURNED, NOT_RESIZED = torch.zeros(3, 2), torch.zeros(3), torch.ones(3)


def test_nothing_is_changed_by_no_change() -> None:
    torch.testing.assert_close(moved(IMAGES, NOT_SHIFTED, NOT_TURNED, NOT_RESIZED), IMAGES)


def test_each_image_is_shifted_by_its_own_pixels() -> None:
    found = moved(IMAGES, torch.tensor([[1.0, 0.0], [0.0, 2.0], [-3.0, -1.0]]), NOT_TURNED, NOT_RESIZED)
    expected = torch.zeros_like(IMAGES)
    expected[0, :, :, 1:] = IMAGES[0, :, :, :-1]
    expected[1, :, 2:] = IMAGES[1, :, :-2]
    expected[2, :, :-1, :-3] = IMAGES[2, :, 1:, 3:]
    torch.testing.assert_close(found, expected)


def test_a_quarter_of_a_turn_is_clockwise() -> None:
    square = IMAGES[:1, :, :, :6]
    found = moved(square, torch.zeros(1, 2), torch.tensor([90.0]), torch.ones(1))
    torch.testing.assert_close(found, square.rot90(-1, (2, 3)), atol=1e-5, rtol=0)


def centre(image: Tensor) -> list[float]:
    """The mean place of the light of one image, right and down from the middle."""
    light = image[0, 0].double()
    places = [torch.arange(side).double() - (side - 1) / 2 for side in light.shape]
    return [((light.sum(1 - axis) * places[axis]).sum() / light.sum()).item() for axis in (1, 0)]


def test_a_point_goes_where_trigonometry_says() -> None:
    """In a rectangle, where an angle must not become a shear."""
    image = torch.zeros(1, 1, 31, 61)
    image[0, 0, 15 - 1 : 15 + 2, 30 + 7 : 30 + 10] = 1.0  # 8 right of the middle
    for degrees, scale in ((30.0, 1.0), (-20.0, 1.1), (0.0, 0.9)):
        found = centre(moved(image, torch.tensor([[2.0, -3.0]]), torch.tensor([degrees]), torch.tensor([scale])))
        angle = math.radians(degrees)
        expected = [8 * scale * math.cos(angle) + 2, 8 * scale * math.sin(angle) - 3]
        assert found == pytest.approx(expected, abs=0.1)


def test_draws_stay_in_their_ranges_and_fill_them() -> None:
    image = torch.zeros(400, 1, 28, 28)
    image[:, :, 12:16, 12:16] = 0.8
    first, second = two_views(image, torch.Generator().manual_seed(0))
    places = torch.tensor([[centre(one[None]) for one in view] for view in (first, second)])
    assert {round(place, 1) for place in places.flatten().tolist()} == {-2.0, -1.0, 0.0, 1.0, 2.0}
    assert places.mean(1).flatten().tolist() == pytest.approx([0, 0, 0, 0], abs=0.3)  # 4 standard errors
    assert places.transpose(1, 2).flatten(0, 1).corrcoef().fill_diagonal_(0).abs().max() < 0.2
    brightest = torch.cat([first, second]).flatten(1).amax(1) / 0.8
    low, high = BRIGHTNESS
    assert low <= brightest.min() < low + 0.02
    assert high - 0.02 < brightest.max() <= high + 1e-5
    share = first.flatten(1) / first.flatten(1).amax(1, keepdim=True)
    untouched = ((share < 0.01) | (share > 0.99)).all(1)  # black and one grey: no place between pixels was read
    assert untouched.float().mean().item() == pytest.approx(0.5, abs=0.1)


def test_both_views_show_the_same_but_for_place_and_brightness() -> None:
    image = torch.zeros(50, 1, 28, 28)
    image[:, :, 8:20, 10:18] = torch.rand(50, 1, 12, 8, generator=torch.Generator().manual_seed(1))
    first, second = two_views(image * 0.8, torch.Generator().manual_seed(0))
    for one, other in zip(first, second, strict=True):
        right, down = (round(b - a) for a, b in zip(centre(one[None]), centre(other[None]), strict=True))
        there = one.roll((down, right), (1, 2))
        torch.testing.assert_close(there / there.sum(), other / other.sum(), atol=1e-5, rtol=1e-3)


def test_white_stays_white_and_everything_follows_from_the_generator() -> None:
    one, two, other = (torch.cat(two_views(IMAGES, torch.Generator().manual_seed(seed))) for seed in (0, 0, 1))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    white = torch.cat(two_views(torch.ones(50, 1, 9, 9), torch.Generator().manual_seed(0)))
    assert white.max() == 1.0
    assert white.min() >= 0.0
