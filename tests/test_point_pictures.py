"""Pictures of points: what lies where."""

import numpy as np
import torch

from gan_lab.point_pictures import points, ways

DIAGONAL = torch.tensor([[[-1.0, -1.0], [1.0, -1.0]], [[1.0, 1.0], [1.0, -1.0]]])
"""Two steps of two points: one crosses the picture, the other stays in its corner."""


def inked(until: int | None) -> float:
    """Returns the share of the pixels around the centre that are not white."""
    pixels = np.asarray(ways(DIAGONAL, until))
    middle = len(pixels) // 2
    return float((pixels[middle - 60 : middle + 60, middle - 60 : middle + 60] < 250).any(-1).mean())


def test_a_point_leaves_a_line_on_its_way() -> None:
    assert inked(None) > 0


def test_the_way_ends_at_the_step_that_is_shown() -> None:
    assert inked(0) == 0


def test_both_clouds_are_drawn_where_they_lie() -> None:
    real, fake = torch.tensor([[0.0, 0.0], [2.0, 1.0]]), torch.tensor([[-1.0, 5.0]])
    (panel,) = points(fake, real).axes
    drawn = {cloud.get_label(): np.asarray(cloud.get_offsets()).tolist() for cloud in panel.collections}
    assert drawn == {"real": real.tolist(), "generated": fake.tolist()}


def test_points_of_a_line_are_drawn_at_height_0() -> None:
    (panel,) = points(torch.tensor([[1.0], [3.0]]), torch.zeros(1, 1)).axes
    drawn = {cloud.get_label(): np.asarray(cloud.get_offsets()).tolist() for cloud in panel.collections}
    assert drawn == {"real": [[0.0, 0.0]], "generated": [[1.0, 0.0], [3.0, 0.0]]}
