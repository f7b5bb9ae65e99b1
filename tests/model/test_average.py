"""The averaged generator."""

import pytest
import torch
from torch import nn

from gan_lab.model.average import Average
from tests.present import present


def linear(value: float) -> nn.Linear:
    layer = nn.Linear(3, 2)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, value)
    return layer


def test_constant_weights_are_a_fixed_point() -> None:
    layer = linear(0.7)
    average = Average(decay=0.9, net=layer)
    for step in range(1, 20):
        average.update(step, net=layer)
    torch.testing.assert_close(average.networks["net"].weight, layer.weight)


def test_from_zero_to_one_after_t_steps() -> None:
    average, one = Average(decay=0.9, net=linear(0.0)), linear(1.0)
    distance = 1.0
    for step in range(1, 200):
        average.update(step, net=one)
        distance *= min(0.9, (1 + step) / (10 + step))
        torch.testing.assert_close(average.networks["net"].weight, torch.full((2, 3), 1 - distance))


def test_without_decay_it_is_a_copy() -> None:
    average, layer = Average(decay=0.0, net=linear(0.0)), linear(1.0)
    average.update(1, net=layer)
    assert torch.equal(average.networks["net"].get_parameter("weight"), layer.weight)


def test_running_statistics_follow_like_weights() -> None:
    """Left as they were, or taken from the trained network, they would belong to other weights."""
    layer = nn.BatchNorm1d(4)
    average = Average(decay=0.9, net=layer)
    expected = present(layer.running_mean).clone()
    for step in range(1, 30):
        layer(torch.randn(32, 4) * 3 + 5)
        average.update(step, net=layer)
        expected = torch.lerp(present(layer.running_mean), expected, min(0.9, (1 + step) / (10 + step)))
    averaged = average.networks["net"]
    torch.testing.assert_close(averaged.running_mean, expected)
    assert not torch.equal(averaged.get_buffer("running_var"), present(layer.running_var))
    assert averaged.num_batches_tracked == layer.num_batches_tracked == 29


def test_other_buffers_are_copied() -> None:
    """The mean of a spectral norm's unit vectors is none: the averaged layer would be scaled up."""
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))
    average = Average(decay=0.9, net=layer)
    for step in range(1, 5):
        layer.get_parameter("parametrizations.weight.original").data.normal_()
        _ = layer.weight
        average.update(step, net=layer)
    for name, buffer in average.networks["net"].named_buffers():
        assert torch.equal(buffer, layer.get_buffer(name)), name


def test_it_is_not_trained_and_not_the_same_memory() -> None:
    layer = linear(0.5)
    average = Average(decay=0.9, net=layer)
    assert not any(p.requires_grad for p in average.parameters())
    nn.init.zeros_(layer.weight)
    assert average.networks["net"].get_parameter("weight").min() == 0.5


@pytest.mark.parametrize("decay", [-0.1, 1.0, 2.0])
def test_impossible_decays_are_refused(decay: float) -> None:
    with pytest.raises(ValueError, match=r"decay is .* and must be a number from 0 to below 1"):
        Average(decay=decay, net=linear(0.0))
