"""The convolutions of stride 2 against torch's own: values, both orders of gradients, and what is not computed."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from gan_lab.network import convolution
from gan_lab.network.convolution import FEW, Doubling, Halving
from gan_lab.network.rectifier import LeakyReLU

CONVOLUTIONS = (torch.ops.aten.convolution.default, torch.ops.aten.convolution_backward.default)
Layers = tuple[Callable[[int, int], nn.Module], Callable[[int, int], nn.Module]]
OURS: Layers = Halving, Doubling
TORCHS: Layers = (
    lambda a, b: nn.Conv2d(a, b, 4, 2, 1),
    lambda a, b: nn.ConvTranspose2d(a, b, 4, 2, 1),
)


class Count(TorchDispatchMode):
    """How many convolutions are computed inside, gradients by torch's layers counted for each of their results."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in CONVOLUTIONS:
            self.count += sum(args[-1][:2]) if func is CONVOLUTIONS[1] else 1
        return func(*args, **(kwargs or {}))


def critic(layers: Layers, channels: int) -> nn.Sequential:
    """Two convolutions and a score, the same weights for all layers."""
    torch.manual_seed(0)
    body = layers[0](channels, 5), LeakyReLU(0.2), layers[0](5, 6), LeakyReLU(0.2)
    return nn.Sequential(*body, nn.Flatten(), nn.Linear(6 * 2 * 3, 1)).double()


def generator(layers: Layers, channels: int) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(layers[1](6, 5), nn.SiLU(), layers[1](5, channels), nn.Tanh()).double()


def penalty(network: nn.Module, at: Tensor) -> Tensor:
    at = at.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(network(at).sum(), at, create_graph=True)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()


def images(channels: int, *, seed: int = 1) -> Tensor:
    return torch.randn(4, channels, 8, 12, generator=torch.Generator().manual_seed(seed)).double()


@pytest.mark.parametrize("channels", [1, FEW, FEW + 1])
def test_a_critics_values_and_gradients_of_both_orders_are_torchs(channels: int) -> None:
    found = []
    for layers in (OURS, TORCHS):
        network, x = critic(layers, channels), images(channels).requires_grad_()
        score = network(x)
        cost = score.square().mean() + penalty(network, images(channels, seed=2))
        found.append([score, *torch.autograd.grad(cost, [x, *network.parameters()])])
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("channels", [1, FEW, FEW + 1])
def test_a_generators_values_and_gradients_are_torchs(channels: int) -> None:
    found = []
    for layers in (OURS, TORCHS):
        network = generator(layers, channels)
        codes = torch.randn(4, 6, 2, 3, generator=torch.Generator().manual_seed(1)).double().requires_grad_()
        samples = network(codes)
        assert samples.shape == (4, channels, 8, 12)
        found.append([samples, *torch.autograd.grad(samples.square().mean(), [codes, *network.parameters()])])
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("channels", [1, FEW + 1])
def test_every_order_agrees_with_finite_differences(channels: int) -> None:
    for layer, x in ((Halving(channels, 2), images(channels)[:1]), (Doubling(2, channels), images(2)[:1, :, :2, :3])):
        layer.double()
        inputs = (x[..., :4, :4].clone().requires_grad_(),)
        assert torch.autograd.gradcheck(layer, inputs)
        assert torch.autograd.gradgradcheck(layer, inputs)


def test_the_penalty_computes_no_gradient_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two layers: the scores, their gradients, and both again with those by the weights; by torch's, zeros too."""
    monkeypatch.setattr(convolution, "FEW", 0)  # a product of matrices would not be counted
    found = []
    for layers in (OURS, TORCHS):
        network = critic(layers, 1)
        with Count() as counter:
            penalty(network, images(1)).backward()
        found.append(counter.count)
    assert found[0] == 2 + 2 + 2 * 2 < found[1]


def test_saved_weights_are_torchs() -> None:
    for mine, torchs in zip(OURS, TORCHS, strict=True):
        theirs = torchs(1, 3).state_dict()
        mine(1, 3).load_state_dict(theirs)


def test_frozen_weights_get_no_gradient() -> None:
    network = critic(OURS, 1).requires_grad_(False)
    x = images(1).requires_grad_()
    network(x).sum().backward()
    assert x.grad is not None
    assert all(p.grad is None for p in network.parameters())


def test_autocast_chooses_the_precision() -> None:
    x = images(1).float().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        halved = Halving(1, 5)(x)
        doubled = Doubling(5, 1)(halved)
    assert halved.dtype == doubled.dtype == torch.bfloat16
    doubled.float().sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == torch.float32
