"""Optimistic Adam against its paper's algorithm, and in a game that gradient steps do not solve."""

from itertools import pairwise
from math import sqrt
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.optimizer.optimistic_adam import OptimisticAdam


def algorithm_1(w: Tensor, gradients: list[Tensor], rates: list[float], betas: tuple[float, float]) -> list[Tensor]:
    """The weights after each step, by the formulas of the paper."""
    m, v, before, path = torch.zeros_like(w), torch.zeros_like(w), torch.zeros_like(w), []
    for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        now = rate * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + 1e-8)
        w = w - 2 * now + before
        before = now
        path.append(w)
    return path


@pytest.mark.parametrize("fused", [True, False])
def test_its_steps_are_those_of_the_paper(fused: bool) -> None:
    random = torch.Generator().manual_seed(0)
    w = nn.Parameter(torch.randn(5, generator=random, dtype=torch.float64))
    gradients = [torch.randn(5, generator=random, dtype=torch.float64) for _ in range(6)]
    rates = [0.1, 0.1, 0.1, 0.05, 0.025, 0.0125]  # as a schedule changes them
    expected = algorithm_1(w.detach().clone(), gradients, rates, (0.5, 0.9))
    optimizer = OptimisticAdam([w], lr=1.0, betas=(0.5, 0.9), fused=fused)
    for gradient, rate, wanted in zip(gradients, rates, expected, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        w.grad = gradient
        optimizer.step()
        torch.testing.assert_close(w.detach(), wanted, rtol=1e-12, atol=1e-12)


def distances(kind: type[torch.optim.Adam], steps: int) -> list[float]:
    """How far both players of min over x max over y of x y are from (0, 0), with gradients taken at the same point."""
    x, y = (nn.Parameter(torch.tensor(1.0, dtype=torch.float64)) for _ in range(2))
    optimizers = [kind([player], lr=0.05, betas=(0.0, 0.999)) for player in (x, y)]
    found = []
    for _ in range(steps):
        x.grad, y.grad = y.detach().clone(), -x.detach().clone()
        for optimizer in optimizers:
            optimizer.step()
        found.append(sqrt(x.item() ** 2 + y.item() ** 2))
    return found


def test_it_comes_to_the_solution_that_adam_leaves() -> None:
    adam, optimistic = (distances(kind, 2000)[::100] for kind in (torch.optim.Adam, OptimisticAdam))
    assert adam[-1] > 1
    assert optimistic[-1] < 0.05
    assert all(later < earlier for earlier, later in pairwise(optimistic[1:]))


def test_it_goes_on_from_its_saved_state_bit_for_bit() -> None:
    def played(w: nn.Parameter, optimizer: OptimisticAdam, numbers: range) -> None:
        for number in numbers:
            w.grad = torch.randn(3, generator=torch.Generator().manual_seed(number))
            optimizer.step()

    def begun(value: Tensor) -> tuple[nn.Parameter, OptimisticAdam]:
        w = nn.Parameter(value.clone())
        return w, OptimisticAdam([w], lr=0.1, betas=(0.5, 0.9))

    whole, part = begun(torch.ones(3)), begun(torch.ones(3))
    played(*whole, range(6))
    played(*part, range(3))
    resumed = begun(part[0].detach())
    resumed[1].load_state_dict(part[1].state_dict())
    played(*resumed, range(3, 6))
    assert torch.equal(resumed[0], whole[0])


def test_a_parameter_without_a_gradient_stays() -> None:
    moved, still = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    optimizer = OptimisticAdam([moved, still], lr=0.1, betas=(0.5, 0.9))
    optimizer.step()
    assert torch.equal(moved, still)
    moved.grad, still.grad = torch.ones(2), torch.ones(2)
    optimizer.step()
    before = still.detach().clone()
    still.grad = None
    optimizer.step()
    assert torch.equal(still, before)
    assert not torch.equal(moved, before)


def test_the_closure_is_computed_before_the_step_and_with_gradients() -> None:
    w = nn.Parameter(torch.tensor([3.0]))
    optimizer = OptimisticAdam([w], lr=0.1, betas=(0.0, 0.9))

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = w.square().sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9
    assert w.item() == pytest.approx(3 - 2 * 0.1)


@pytest.mark.parametrize("wrong", [{"lr": 0}, {"betas": (0.5, 1.0)}, {"eps": -1}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"lr": 0.1, "betas": (0.5, 0.9)}
    with pytest.raises(GanLabError, match=r"^OptimisticAdam\.\w+ is .* and must be"):
        OptimisticAdam([nn.Parameter(torch.ones(1))], **given | wrong)
