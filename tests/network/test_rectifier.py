"""The leaky rectifier against torch's own, in values, in both orders of gradients, and in what it costs."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from gan_lab.network.rectifier import LeakyReLU

PRODUCTS = (torch.ops.aten.mm.default, torch.ops.aten.addmm.default)


class CountProducts(TorchDispatchMode):
    """How many matrix products are computed inside."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func in PRODUCTS
        return func(*args, **(kwargs or {}))


def network(activation: Any) -> nn.Sequential:
    """Three linear layers with an activation between them, the same weights for every activation."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), activation, nn.Linear(7, 6), activation, nn.Linear(6, 1)).double()


def penalty(critic: nn.Module, at: Tensor) -> Tensor:
    """A cost of the score's gradient, as gradient penalties have it."""
    at = at.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(at).sum(), at, create_graph=True)
    return (gradient.norm(dim=1) - 1).square().mean()


@pytest.mark.parametrize(("slope", "theirs"), [(0.2, nn.LeakyReLU(0.2)), (0.0, nn.ReLU())])
def test_values_and_gradients_of_both_orders_are_torchs(slope: float, theirs: nn.Module) -> None:
    x = torch.randn(9, 5, generator=torch.Generator().manual_seed(1)).double()
    found = []
    for activation in (LeakyReLU(slope), theirs):
        critic = network(activation)
        score = critic(x)
        cost = score.square().mean() + penalty(critic, x)
        found.append([score, *torch.autograd.grad(cost, [*critic.parameters()], materialize_grads=True)])
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("slope", [0.0, 0.2, 1.0])
def test_both_orders_agree_with_finite_differences(slope: float) -> None:
    x = torch.tensor([-2.0, -0.3, 0.4, 3.0], dtype=torch.double, requires_grad=True)  # away from the kink
    assert torch.autograd.gradcheck(LeakyReLU(slope), (x,))
    assert torch.autograd.gradgradcheck(LeakyReLU(slope), (x,))


def test_at_zero_the_gradient_is_the_slope_as_in_torch() -> None:
    x = torch.zeros(1, requires_grad=True)
    (gradient,) = torch.autograd.grad(LeakyReLU(0.2)(x).sum(), x)
    assert gradient.item() == pytest.approx(0.2)


def test_nothing_that_is_not_a_number_is_hidden() -> None:
    assert LeakyReLU(0.0)(torch.tensor([float("nan")])).isnan().all()


def test_a_penalty_goes_back_through_the_slope_alone() -> None:
    """Three layers: 3 products forward, 3 for the gradient by the input, then 2 for each of these, less the one that
    would lead to the constant at the top. torch's layers add the way down the pass forward, all of it zeros."""

    def products(activation: nn.Module) -> int:
        critic = network(activation)
        with CountProducts() as counted:
            penalty(critic, torch.ones(4, 5).double()).backward()
        return counted.count

    mine, torchs = products(LeakyReLU(0.2)), products(nn.LeakyReLU(0.2))
    assert mine == 3 + 3 + 5
    assert torchs >= mine + 4


def test_negative_slopes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"slope is -0\.1 and must be a number of 0 or more"):
        LeakyReLU(-0.1)
