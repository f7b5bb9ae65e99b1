"""The statistics of batch norm for given codes."""

from collections.abc import Callable
from operator import itemgetter

import pytest
import torch
from torch import nn

from gan_lab.network.base import Generator
from gan_lab.network.batch_norm import normalised, set_statistics
from gan_lab.network.dcgan import DCGANGenerator
from gan_lab.network.mlp import MLPGenerator
from gan_lab.types import Latent
from tests.present import present

N = 600


def mlp() -> Generator:
    generator = MLPGenerator(
        latent_dim=5,
        shape=(2,),
        hidden=(7, 6),
        norm="batch",
        activation="leaky_relu",
        output="linear",
        classes=3,
    )
    return generator.double()


def dcgan() -> Generator:
    sizes = {"latent_dim": 5, "width": 3, "hidden": 4}
    return DCGANGenerator(**sizes, shape=(1, 8, 8), norm="batch", activation="relu").double()


def codes(n: int = N) -> Latent:
    return Latent(2 * torch.randn(n, 5, dtype=torch.float64) + 1, torch.randint(3, (n,)))


def in_batches(latent: Latent, *ends: int) -> list[Latent]:
    return [latent.map(itemgetter(slice(a, b))) for a, b in zip((0, *ends), (*ends, N), strict=True)]


@pytest.mark.parametrize("make", [mlp, dcgan])
def test_they_are_those_of_one_batch_of_all_codes(make: Callable[[], Generator]) -> None:
    """torch's own statistics, with momentum 1: it normalises a batch by its biased variance, and in evaluation by the
    unbiased one, which is why a layer after another is (n - 1) / n away."""
    generator, latent = make(), codes()
    set_statistics(generator, in_batches(latent, 100, 101, 350))
    found = [
        (present(layer.running_mean).clone(), present(layer.running_var).clone()) for layer in normalised(generator)
    ]
    for layer in normalised(generator):
        layer.momentum = 1.0
    generator.train()(latent.z, latent.component)
    for index, (layer, (mean, var)) in enumerate(zip(normalised(generator), found, strict=True)):
        near = 5 / N if index else 1e-12
        torch.testing.assert_close(mean, present(layer.running_mean), rtol=near, atol=near)
        torch.testing.assert_close(var, present(layer.running_var), rtol=near, atol=near)
    assert len(found) == (2 if make is mlp else 3)


def test_batches_do_not_matter() -> None:
    generator, latent = mlp(), codes()
    set_statistics(generator, [latent])
    whole = [buffer.clone() for buffer in generator.buffers()]
    set_statistics(generator, in_batches(latent, 1, 250))
    for one, other in zip(whole, generator.buffers(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_each_layer_is_normalised_over_these_codes() -> None:
    """Where all layers have their own statistics, the inputs of the activations have mean 0 and variance 1."""
    generator, latent = mlp(), codes()
    set_statistics(generator, [latent])
    seen: list[torch.Tensor] = []
    for layer in normalised(generator):
        layer.register_forward_hook(lambda _, __, output: seen.append(output))
    generator.eval()(latent.z, latent.component)
    for output in seen:
        var, mean = torch.var_mean(output, 0)
        torch.testing.assert_close(mean, torch.zeros_like(mean), rtol=0, atol=1e-12)
        torch.testing.assert_close(var, torch.ones_like(var), rtol=1e-2, atol=0)  # batch norm adds 1e-5 to a variance


def test_other_layers_and_modes_stay_as_they_are() -> None:
    generator, latent = mlp(), codes()
    normalised(generator)[0].eval()
    modes = [module.training for module in generator.modules()]
    weights = [parameter.clone() for parameter in generator.parameters()]
    set_statistics(generator, [latent])
    assert modes == [module.training for module in generator.modules()]
    assert all(torch.equal(a, b) for a, b in zip(weights, generator.parameters(), strict=True))
    assert not any(layer._forward_pre_hooks for layer in generator.modules())
    assert normalised(nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2))) == []
