"""Spectral normalisation (methods 3.7) in the critics of SNGAN."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.network.base import Critic
from gan_lab.network.layers import block, head
from tests.fixtures import BuildModel


def spectral_layers(network: nn.Module) -> list[nn.Module]:
    return [layer for layer in network.modules() if hasattr(layer, "parametrizations")]


def with_singular_values(rows: int, columns: int, values: Tensor) -> Tensor:
    left, right = (torch.linalg.qr(torch.randn(n, n)).Q[:, : len(values)] for n in (rows, columns))
    return left @ values.diag() @ right.T


@pytest.mark.parametrize("kind", ["linear", "convolution", "head"])
def test_the_estimate_is_the_largest_singular_value_after_50_passes(kind: str) -> None:
    values = torch.tensor([3.0, 2.0, 1.0, 0.5])
    network: nn.Module
    shape: tuple[int, ...]
    if kind == "convolution":
        shape, images = (8, 2, 3, 3), torch.randn(4, 2, 6, 6)
        network = block(nn.Conv2d(2, 8, 3), 8, norm="spectral", activation="leaky_relu")
    else:
        shape, images = (8, 18), torch.randn(4, 18)
        network = block(nn.Linear(18, 8), 8, norm="spectral", activation="leaky_relu")
        if kind == "head":
            network = head(18, 8, norm="spectral")
    (layer,) = spectral_layers(network)
    weight = with_singular_values(8, 18, values).reshape(shape)
    layer.parametrizations.weight.original.data = weight  # type: ignore[union-attr]
    for _ in range(50):
        network(images)
    network.eval()
    normalised = layer.weight
    assert isinstance(normalised, Tensor)
    torch.testing.assert_close(weight / normalised, torch.full(shape, 3.0), rtol=1e-4, atol=1e-4)
    largest = torch.linalg.svdvals(normalised.detach().flatten(1))[0]
    assert largest.item() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("network", ["mlp", "dcgan", "mlp_2d"])
def test_sngan_normalises_every_layer_of_the_critic_and_none_of_the_generator(
    build_model: BuildModel, network: str
) -> None:
    model = build_model("model=sngan", f"network={network}", "data=digits")
    layers = [layer for layer in model.critic.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    assert len(layers) >= 3
    assert spectral_layers(model.critic) == layers
    assert spectral_layers(model.generator) == []


@pytest.mark.parametrize("activation", ["leaky_relu", "relu"])
def test_an_mlp_critic_is_1_lipschitz_whatever_its_weights(build_model: BuildModel, activation: str) -> None:
    model = build_model("model=sngan", "network=mlp", "data=ring", f"model.critic.activation={activation}")
    critic: Critic = model.critic
    for layer in spectral_layers(critic):
        layer.get_parameter("parametrizations.weight.original").data *= 20
    for _ in range(100):
        critic(torch.randn(2, 2))
    critic.eval()
    a, b = 3 * torch.randn(4000, 2), 3 * torch.randn(4000, 2)
    b[:2000] = a[:2000] + 0.01 * torch.randn(2000, 2)
    slopes = (critic(a).score - critic(b).score).abs().squeeze(1) / (a - b).norm(dim=1)
    assert slopes.max() <= 1.01
    assert slopes.max() > 1e-3


def test_the_power_iteration_moves_in_training_only() -> None:
    network = block(nn.Linear(32, 32), 32, norm="spectral", activation="relu")
    state = lambda: {name: value.clone() for name, value in network.named_buffers()}
    before = state()
    assert len(before) == 2
    network(torch.randn(4, 32))
    after = state()
    assert not any(before[name].equal(value) for name, value in after.items())
    network.eval()
    network(torch.randn(4, 32))
    assert all(after[name].equal(value) for name, value in state().items())
