"""The transport solver against sorted numbers, a linear programme, and what moving a cloud costs."""

import pytest
import torch
from torch import Tensor

from gan_lab.maths.assignment import Plan, solve
from gan_lab.maths.quadratic import quadratic_cost
from tests.maths.linear_programme import by_linear_programme


def clouds(m: int, d: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(seed)
    return torch.randn(m, d, generator=random), 0.5 * torch.randn(m, d, generator=random) + 1


def check(plan: Plan, cost: Tensor) -> None:
    """What makes a plan and potentials optimal: both feasible, both of one value."""
    m, scale = len(cost), cost.abs().max().item()
    assert sorted(plan.match.tolist()) == list(range(m))
    slack = cost - (plan.rows[:, None] - plan.columns)
    assert slack.min() >= -1e-12 * scale
    assert slack[plan.match, torch.arange(m)].max() <= 1e-12 * scale * m
    torch.testing.assert_close(cost[plan.match, torch.arange(m)].mean(), plan.value)
    for mean, sign in ((plan.rows.mean(), 1), (plan.columns.mean(), -1)):
        torch.testing.assert_close(mean, sign * plan.value / 2, rtol=1e-9, atol=1e-12 * scale)


@pytest.mark.parametrize(("m", "d"), [(1, 2), (2, 1), (17, 3), (64, 2), (64, 784)])
def test_matching_and_potentials_prove_each_other_optimal(m: int, d: int) -> None:
    cost = quadratic_cost(*clouds(m, d))
    check(solve(cost), cost)


@pytest.mark.parametrize(("m", "d"), [(12, 2), (24, 50)])
def test_the_value_is_that_of_a_linear_programme(m: int, d: int) -> None:
    cost = quadratic_cost(*clouds(m, d))
    assert solve(cost).value.item() == pytest.approx(by_linear_programme(cost), rel=1e-9)


def test_costs_of_any_kind_and_ties() -> None:
    random = torch.Generator().manual_seed(3)
    for cost in (
        torch.randn(20, 20, generator=random).double(),
        torch.randint(0, 3, (20, 20), generator=random).double(),
        torch.zeros(5, 5).double(),
    ):
        check(solve(cost), cost)
        assert solve(cost).value.item() == pytest.approx(by_linear_programme(cost), abs=1e-9)


def test_on_a_line_ranks_are_matched() -> None:
    x, y = clouds(50, 1)
    plan = solve(quadratic_cost(x, y))
    expected = 0.5 * (x.sort(0).values - y.sort(0).values).double().square().mean()
    assert plan.value.item() == pytest.approx(expected.item(), rel=1e-6)
    assert torch.equal(x[plan.match].flatten().argsort(), y.flatten().argsort())


def test_a_moved_cloud_is_matched_with_itself() -> None:
    x, _ = clouds(40, 5)
    step = torch.tensor([3.0, -1.0, 0.5, 0.0, 2.0])
    plan = solve(quadratic_cost(x, x + step))
    assert torch.equal(plan.match, torch.arange(40))
    assert plan.value.item() == pytest.approx(step.square().sum().item() / 2, rel=1e-6)


def test_no_distance_between_a_cloud_and_itself() -> None:
    x, _ = clouds(30, 784)
    plan = solve(quadratic_cost(x, x))
    assert torch.equal(plan.match, torch.arange(30))
    assert plan.value.item() == pytest.approx(0, abs=1e-9)
    torch.testing.assert_close(plan.rows, plan.columns, rtol=0, atol=1e-9)


def test_far_from_the_origin_nothing_is_lost() -> None:
    """In float32 squares of 1e6 would swallow distances of 1."""
    x, y = clouds(16, 2)
    near, far = (solve(quadratic_cost(x + move, y + move)) for move in (0.0, 1000.0))
    assert torch.equal(near.match, far.match)
    assert far.value.item() == pytest.approx(near.value.item(), rel=1e-3)


def test_the_cost_is_half_of_the_squared_distance() -> None:
    x, y = torch.randn(6, 1, 4, 4), torch.randn(9, 1, 4, 4)
    expected = torch.cdist(x.flatten(1).double(), y.flatten(1).double()).square() / 2
    torch.testing.assert_close(quadratic_cost(x, y), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("cost", "sentence"),
    [
        (torch.zeros(0, 0), r"not empty, not \(0, 0\)"),
        (torch.zeros(2, 3), r"equally large and not empty, not \(2, 3\)"),
        (torch.zeros(3, 2), r"equally large and not empty, not \(3, 2\)"),
        (torch.tensor([[1.0, torch.nan], [0.0, 1.0]]), "not finite"),
        (torch.full((2, 2), torch.inf), "not finite"),
    ],
)
def test_what_is_no_problem_of_this_kind_is_refused(cost: Tensor, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        solve(cost.double())
