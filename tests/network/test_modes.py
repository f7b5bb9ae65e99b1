"""Networks that are for a while not trained, or not training."""

import pytest
import torch
from torch import nn

from gan_lab.network.modes import evaluation_mode, frozen


def network() -> nn.Sequential:
    """Dropout that trains, batch norm that does not, and a first layer that is never trained."""
    net = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1))
    net[0].requires_grad_(False)
    net[1].eval()
    return net


def trained(net: nn.Module) -> list[bool]:
    return [parameter.requires_grad for parameter in net.parameters()]


def training(net: nn.Module) -> list[bool]:
    return [module.training for module in net.modules()]


def test_gradients_flow_through_a_frozen_network_and_stay_nowhere() -> None:
    net, x = network(), torch.randn(8, 3, requires_grad=True)
    with frozen(net):
        net(x).sum().backward()
    assert x.grad is not None
    assert x.grad.any()
    assert all(parameter.grad is None for parameter in net.parameters())


def test_in_evaluation_mode_nothing_is_dropped_and_no_statistics_move() -> None:
    net, x = network().train(), torch.randn(8, 3)
    mean = net.get_buffer("1.running_mean").clone()
    with evaluation_mode(net):
        assert torch.equal(net(x), net(x))
    assert torch.equal(net.get_buffer("1.running_mean"), mean)


@pytest.mark.parametrize("mode", [frozen, evaluation_mode])
def test_afterwards_each_part_is_as_it_was(mode: type) -> None:
    net = network()
    before = trained(net), training(net)
    with pytest.raises(RuntimeError, match="stop"), mode(net):
        raise RuntimeError("stop")
    assert (trained(net), training(net)) == before
