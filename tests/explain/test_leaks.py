"""The marks of changed images against what the changes do, and a training whose augmentation must be seen."""

import pytest
import torch
from torch import Tensor

from gan_lab.augment.operations import OPERATIONS
from gan_lab.build import build
from gan_lab.explain.leaks import MARKS, SIDE, Leaks, changing, hole, level, shift, spots
from tests.fixtures import Compose

ROUND = spots(torch.tensor([1.5, 2.0, 2.5]))


def made(composed: Compose, *more: str) -> Leaks:
    leaks: Leaks = build(composed(*more, root="explain")["leaks"], "leaks", Leaks)
    return leaks


@pytest.mark.parametrize("name", MARKS)
def test_the_data_have_no_mark_and_changed_data_have_one(composed: Compose, name: str) -> None:
    leaks = made(composed)
    data, (mark, _) = leaks.data("some", 200), MARKS[name]
    assert mark(data).max().item() < 0.01
    assert mark(changing(name)(data, leaks.noise("other"))).mean().item() > 0.2


def test_marks_are_sizes_of_the_changes() -> None:
    moved = ROUND[:2].roll((1, -2), (2, 3))  # the widest spot reaches the edge
    torch.testing.assert_close(shift(moved), torch.full((2,), 5**0.5), atol=0.02, rtol=0)
    torch.testing.assert_close(level(ROUND - 0.125), torch.full((3,), 0.125), atol=0.01, rtol=0)
    middle, corner = torch.tensor([[0.5, 0.5]] * 3), torch.tensor([[0.25, 0.25]] * 3)
    assert hole(OPERATIONS["cutout"](ROUND, middle)).tolist() == [1.0] * 3
    assert hole(OPERATIONS["cutout"](ROUND, corner)).tolist() == [1.0] * 3
    assert hole(ROUND).tolist() == [0.0] * 3


def test_a_spot_has_its_closed_form() -> None:
    row, column, width = 3, 10, 2.0
    far = (row - (SIDE - 1) / 2) ** 2 + (column - (SIDE - 1) / 2) ** 2
    wanted = torch.exp(torch.tensor(-far / (2 * width**2))) - 0.5
    torch.testing.assert_close(ROUND[1, 0, row, column], wanted)


@pytest.mark.slow
def test_changes_of_reals_alone_are_learnt_and_changes_of_both_are_not(composed: Compose) -> None:
    leaks = made(composed, "leaks.steps=200", "leaks.samples=500")
    both, alone = leaks.trained(augment=changing("colour")), leaks.trained(reals_alone=changing("colour"))
    changed: Tensor = changing("colour")(leaks.data("held out", 500), leaks.noise("changed"))
    assert level(alone).mean() > 0.6 * level(changed).mean()
    assert level(both).mean() < 0.4 * level(changed).mean()
