"""Steps that are not taken are those that the optimizer takes."""

from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.optimizer.looking_ahead import LookingAhead, refuse_unknown_steps

MAKERS: dict[str, Any] = {
    "SGD": partial(torch.optim.SGD, lr=0.1),
    "Adam": partial(torch.optim.Adam, lr=0.1, betas=(0.5, 0.999)),
    "fused Adam without momentum": partial(torch.optim.Adam, lr=0.1, betas=(0.0, 0.9), fused=True),
}


def gradients(values: list[Tensor]) -> list[Tensor]:
    """Of a bent function of both weights."""
    loss = (values[0] * values[1].sum()).sin().sum() + values[1].square().square().sum()
    return [*torch.autograd.grad(loss, values, create_graph=True)]


@pytest.mark.parametrize("taken", [0, 3])
@pytest.mark.parametrize("maker", MAKERS)
def test_the_next_steps_are_foreseen(maker: str, taken: int) -> None:
    weights = [nn.Parameter(torch.tensor([0.3, -0.7])), nn.Parameter(torch.tensor([1.1]))]
    optimizer = MAKERS[maker](weights)

    def take() -> None:
        for weight, gradient in zip(weights, gradients([*weights]), strict=True):
            weight.grad = gradient.detach()
        optimizer.step()

    for _ in range(taken):
        take()
    ahead = LookingAhead(optimizer, weights)
    values: list[Tensor] = [*weights]
    before = [weight.detach().clone() for weight in weights]
    for _ in range(4):
        values = ahead.step(values, gradients(values))
    assert all(torch.equal(one, other) for one, other in zip(weights, before, strict=True))
    for _ in range(4):
        take()
    for value, weight in zip(values, weights, strict=True):
        torch.testing.assert_close(value, weight.detach(), rtol=1e-5, atol=1e-6, check_dtype=True)


@pytest.mark.parametrize("maker", MAKERS)
def test_steps_can_be_differentiated(maker: str) -> None:
    """By the first gradient, against finite differences."""
    weight = nn.Parameter(torch.tensor([0.3, -0.7], dtype=torch.float64))
    optimizer = MAKERS[maker]([weight])
    weight.grad = torch.tensor([0.5, 0.2], dtype=torch.float64)
    optimizer.step()

    def after(g: Tensor) -> Tensor:
        ahead = LookingAhead(optimizer, [weight])
        (value,) = ahead.step([weight.detach()], [g])
        (value,) = ahead.step([value], [value * g])
        return value

    assert torch.autograd.gradcheck(after, torch.tensor([0.4, -0.6], dtype=torch.float64, requires_grad=True))


def test_a_weight_that_never_had_a_gradient_gets_no_nan() -> None:
    weight = nn.Parameter(torch.zeros(2))
    g = torch.tensor([0.0, 1.0], requires_grad=True)
    ahead = LookingAhead(torch.optim.Adam([weight], lr=0.1), [weight])
    (value,) = ahead.step([weight], [g])
    (slope,) = torch.autograd.grad(value[0], g)
    assert value.tolist() == pytest.approx([0.0, -0.1])
    assert slope.isfinite().all()
    assert ahead.step([value], [None])[0] is value


def test_other_optimizers_are_refused() -> None:
    for known in MAKERS.values():
        refuse_unknown_steps(known)
    others: list[tuple[Any, str]] = [
        (partial(torch.optim.RMSprop, lr=0.1), "not of RMSprop"),
        (partial(torch.optim.SGD, lr=0.1, momentum=0.9), "with momentum"),
        (partial(torch.optim.Adam, lr=0.1, amsgrad=True), "with amsgrad"),
    ]
    for wrong, named in others:
        with pytest.raises(ValueError, match=named):
            refuse_unknown_steps(wrong)
