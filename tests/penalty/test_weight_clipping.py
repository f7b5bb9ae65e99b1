"""Weight clipping."""

import pytest
import torch
from torch import nn

from gan_lab.penalty.base import WeightConstraint
from gan_lab.penalty.weight_clipping import WeightClipping


def test_every_parameter_is_clipped_and_none_else_moves() -> None:
    critic = nn.Sequential(nn.Linear(5, 5), nn.BatchNorm1d(5), nn.Linear(5, 1))
    weight, bias = critic[0].get_parameter("weight"), critic[2].get_parameter("bias")
    with torch.no_grad():
        weight[0, 0], weight[0, 1], bias[0] = 7.0, 0.004, -7.0
    WeightClipping(limit=0.01)(critic)
    assert all(p.abs().max() <= 0.01 for p in critic.parameters())
    torch.testing.assert_close(weight[0, :2], torch.tensor([0.01, 0.004]))
    torch.testing.assert_close(bias, torch.tensor([-0.01]))


def test_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="above 0"):
        WeightClipping(limit=0.0)


def test_a_constraint_needs_no_diagnostics() -> None:
    class Halved(WeightConstraint):
        def __call__(self, critic: nn.Module) -> None:
            with torch.no_grad():
                for weight in critic.parameters():
                    weight.mul_(0.5)

    critic, constraint = nn.Linear(1, 1), Halved()
    before = critic.weight.item()
    constraint(critic)
    assert critic.weight.item() == before / 2
    assert constraint.diagnostics(critic) == {}
