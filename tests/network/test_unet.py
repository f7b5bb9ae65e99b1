"""The U-Net and the fully connected velocity."""

from math import pi

import pytest
import torch

from gan_lab.network.unet import UNet
from gan_lab.network.velocity import MLPVelocity, Velocity, time_features


def networks() -> list[Velocity]:
    torch.manual_seed(0)
    return [
        UNet(shape=(1, 28, 28), width=8),
        UNet(shape=(3, 8, 12), width=5),
        MLPVelocity(shape=(1, 8, 8), hidden=(16, 16), activation="silu"),
        MLPVelocity(shape=(2,), hidden=(16,), activation="relu"),
    ]


@pytest.mark.parametrize("network", networks(), ids=str)
def test_a_velocity_depends_on_its_own_sample_and_time_alone(network: Velocity) -> None:
    x, t = torch.randn(4, *network.shape), torch.linspace(0, 1, 4)
    for parameter in network.parameters():  # a new block is the identity, which no time changes
        parameter.data += 0.1 * torch.randn_like(parameter)
    with torch.no_grad():
        velocity = network(x, t)
        assert velocity.shape == x.shape
        torch.testing.assert_close(torch.cat([network(x[i : i + 1], t[i : i + 1]) for i in range(4)]), velocity)
        assert (network(x, t.flip(0)) - velocity).flatten(1).abs().amax(1).min() > 1e-4


@pytest.mark.parametrize("network", networks(), ids=str)
def test_every_weight_is_used(network: Velocity) -> None:
    for parameter in network.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    network(torch.randn(4, *network.shape), torch.rand(4)).square().sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_every_pixel_sees_most_of_the_image() -> None:
    """A digit has to be drawn as a whole."""
    network = networks()[0]
    for parameter in network.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    x = torch.randn(1, 1, 28, 28, requires_grad=True)
    (gradient,) = torch.autograd.grad(network(x, torch.rand(1))[0, 0, 14, 14], x)
    seen = (gradient[0, 0] != 0).nonzero()
    assert (seen.amax(0) - seen.amin(0)).min() >= 20


def test_two_times_have_different_features_of_one_size() -> None:
    features = time_features(torch.linspace(0, 1, 101, dtype=torch.float64))
    assert torch.pdist(features).min() > 0.1
    torch.testing.assert_close(features.square().sum(1), torch.full((101,), 8.0, dtype=torch.float64))


def test_sides_that_four_does_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="sides divisible by 4"):
        UNet(shape=(1, 30, 28), width=8)


def test_narrow_layers_need_not_carry_the_noise() -> None:
    """Between independent Gaussians the least loss is pi s / 2 in each coordinate, without any hidden layer."""
    torch.manual_seed(0)
    scales = torch.linspace(0.2, 1, 16)
    network = MLPVelocity(shape=(16,), hidden=(2,), activation="silu")
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    losses = []
    for _ in range(400):
        z, x, t = torch.randn(256, 16), scales * torch.randn(256, 16), torch.rand(256, 1)
        loss = (network((1 - t) * z + t * x, t.squeeze(1)) - (x - z)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    least = (pi * scales / 2).mean().item()
    assert sum(losses[-50:]) / 50 < 1.05 * least
