"""The averaged generator."""

import pytest
import torch
from torch import nn

from gan_lab.model.average import Average


def linear(value: float) -> nn.Linear:
    layer = nn.Linear(3, 2)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, value)
    return layer


def test_constant_weights_are_a_fixed_point() -> None:
    layer = linear(0.7)
    average = Average(decay=0.9, networks={"net": layer})
    for step in range(1, 20):
        average.update(step, 64, net=layer)
    torch.testing.assert_close(average.networks["net"].weight, layer.weight)


def test_from_zero_to_one_after_t_steps() -> None:
    average, one = Average(decay=0.9, networks={"net": linear(0.0)}), linear(1.0)
    distance = 1.0
    for step in range(1, 200):
        average.update(step, 64, net=one)
        distance *= min(0.9, (1 + step) / (10 + step))
        torch.testing.assert_close(average.networks["net"].weight, torch.full((2, 3), 1 - distance))


@pytest.mark.parametrize("images", [10, 50])
def test_half_of_it_is_forgotten_in_a_half_life_of_images(images: int) -> None:
    average, one = Average(decay=0.0, half_life=1000, networks={"net": linear(0.0)}), linear(1.0)
    for step in range(100_000, 100_000 + 1000 // images):  # whose warm-up is over
        average.update(step, images, net=one)
    torch.testing.assert_close(average.networks["net"].weight, torch.full((2, 3), 0.5))
    assert not average.is_copy


def test_without_decay_it_is_a_copy() -> None:
    average, layer = Average(decay=0.0, networks={"net": linear(0.0)}), linear(1.0)
    average.update(1, 64, net=layer)
    assert torch.equal(average.networks["net"].get_parameter("weight"), layer.weight)


def test_buffers_are_copied() -> None:
    """The mean of a spectral norm's unit vectors is none: the averaged layer would be scaled up."""
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))
    average = Average(decay=0.9, networks={"net": layer})
    for step in range(1, 5):
        layer.get_parameter("parametrizations.weight.original").data.normal_()
        _ = layer.weight
        average.update(step, 64, net=layer)
    for name, buffer in average.networks["net"].named_buffers():
        assert torch.equal(buffer, layer.get_buffer(name)), name


def test_it_is_not_trained_and_not_the_same_memory() -> None:
    layer = linear(0.5)
    average = Average(decay=0.9, networks={"net": layer})
    assert not any(p.requires_grad for p in average.parameters())
    nn.init.zeros_(layer.weight)
    assert average.networks["net"].get_parameter("weight").min() == 0.5


@pytest.mark.parametrize("decay", [-0.1, 1.0, 2.0])
def test_impossible_decays_are_refused(decay: float) -> None:
    with pytest.raises(ValueError, match=r"decay is .* and must be a number from 0 to below 1"):
        Average(decay=decay, networks={"net": linear(0.0)})
