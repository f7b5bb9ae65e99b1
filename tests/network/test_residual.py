"""Residual networks: their blocks' formulas, their sizes as in the papers, and how they begin."""

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.network.attention import SelfAttention
from gan_lab.network.base import Critic
from gan_lab.network.dcgan import DCGANCritic, DCGANGenerator
from gan_lab.network.r3gan import GAIN, Block, R3GANCritic, R3GANGenerator
from gan_lab.network.resampler import Resampler
from gan_lab.network.residual import ResidualBlock
from gan_lab.network.resnet import ResNetCritic, ResNetGenerator
from tests.fixtures import BuildModel

PLAIN: dict[str, Any] = {"norm": "none", "activation": "relu", "dropout": 0.0}
BATCH: dict[str, Any] = {"norm": "batch", "activation": "relu"}
FFHQ = (8, 8, 8, 8, 4, 2, 1)


def weights(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def convolution(of: int, to: int, kernel: int = 3) -> int:
    return of * to * kernel**2 + to


def doubling(of: int, to: int) -> int:
    """The weights of a generator's block: two 3x3 convolutions, a 1x1 shortcut, a scale and a shift for each norm."""
    return convolution(of, to) + convolution(to, to) + convolution(of, to, 1) + 2 * of + 2 * to


def generators(latent: int, side: int, channels: list[int]) -> int:
    dense = (latent + 1) * channels[0] * side**2
    return dense + sum(doubling(*two) for two in pairwise(channels)) + 2 * channels[-1] + convolution(channels[-1], 3)


@pytest.mark.parametrize(("width", "what"), [(128, "WGAN-GP, CIFAR-10"), (256, "SNGAN, CIFAR-10")])
def test_generators_for_32_pixels_have_the_weights_of_the_papers_tables(width: int, what: str) -> None:
    network = ResNetGenerator(latent_dim=128, shape=(3, 32, 32), width=width, **BATCH)
    assert weights(network) == generators(128, 4, [width] * 4), what


def test_the_critic_for_32_pixels_has_the_weights_of_the_papers_tables() -> None:
    critic = ResNetCritic(shape=(3, 32, 32), outputs=1, width=128, **PLAIN)
    first = convolution(3, 128) + convolution(128, 128) + convolution(3, 128, 1)
    others = 6 * convolution(128, 128) + convolution(128, 128, 1)
    assert weights(critic) == first + others + 129


def test_the_networks_for_48_pixels_have_the_weights_of_sngans_table() -> None:
    network = ResNetGenerator(latent_dim=128, shape=(3, 48, 48), width=64, factors=(8, 4, 2, 1), **BATCH)
    assert weights(network) == generators(128, 6, [512, 256, 128, 64])
    critic = ResNetCritic(shape=(3, 48, 48), outputs=1, width=64, factors=(1, 2, 4, 8), flat=(16,), **PLAIN)
    first = convolution(3, 64) + convolution(64, 64) + convolution(3, 64, 1)
    later = [convolution(of, of) + convolution(of, 2 * of) + convolution(of, 2 * of, 1) for of in (64, 128, 256, 512)]
    assert weights(critic) == first + sum(later) + 1025


@pytest.mark.slow
def test_r3gans_networks_have_as_many_weights_as_the_paper_says() -> None:
    """23.058 and 23.010 million for FFHQ at 256 pixels (table 2 there)."""
    with torch.device("meta"):
        network = R3GANGenerator(latent_dim=64, shape=(3, 256, 256), width=96, factors=FFHQ)
        critic = R3GANCritic(shape=(3, 256, 256), outputs=1, width=96, factors=FFHQ[::-1])
    assert round(weights(network) / 1e6, 3) == 23.058
    assert round(weights(critic) / 1e6, 3) == 23.010


def test_r3gans_critic_ends_as_it_begins() -> None:
    """Without a bias, and with weights from N(0, 1/64): torch's own are uniform and have a third of this variance."""
    critic = R3GANCritic(shape=(3, 8, 8), outputs=500, width=64)
    assert [name for name, _ in critic.head.named_parameters()] == ["weight"]
    assert critic.head.get_parameter("weight").std().item() == pytest.approx(1 / 8, rel=0.03)


def test_dcgan_has_the_papers_four_stages_for_64_pixels() -> None:
    network = DCGANGenerator(latent_dim=100, shape=(3, 64, 64), width=16, stages=None, **BATCH)
    made = [layer.out_channels for layer in network.modules() if isinstance(layer, nn.ConvTranspose2d)]
    assert made == [64, 32, 16, 3]
    critic = DCGANCritic(shape=(3, 64, 64), outputs=1, width=16, stages=None, **PLAIN)
    assert [layer.out_channels for layer in critic.modules() if isinstance(layer, nn.Conv2d)] == [16, 32, 64, 128]
    images = network(torch.randn(2, 100))
    assert images.shape == (2, 3, 64, 64)
    assert critic(images).features.shape == (2, 128 * 4 * 4)


def relu_then(convolution: Any, maps: Tensor) -> Tensor:
    return F.conv2d(maps.relu(), convolution.weight, convolution.bias, padding=1)


def test_a_block_that_doubles_is_its_formula() -> None:
    """Every pixel four times, by repetition, and the shortcut in the order of the papers: resampled, then 1x1."""
    block = ResidualBlock(3, 5, norm="none", activation="relu", resampling="double").double()
    x = torch.randn(2, 3, 4, 6, dtype=torch.double)
    large = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    residual = relu_then(block.two, relu_then(block.one, large))
    expected = residual + F.conv2d(large, block.shortcut.weight, block.shortcut.bias)  # type: ignore[arg-type]
    torch.testing.assert_close(block(x), expected)


def test_a_block_that_halves_is_its_formula() -> None:
    block = ResidualBlock(3, 5, norm="none", activation="relu", resampling="halve").double()
    x = torch.randn(2, 3, 4, 6, dtype=torch.double)
    shortcut = F.conv2d(x, block.shortcut.weight, block.shortcut.bias)  # type: ignore[arg-type]
    whole = relu_then(block.two, relu_then(block.one, x)) + shortcut
    expected = whole.unflatten(3, (3, 2)).unflatten(2, (2, 2)).mean((3, 5))
    torch.testing.assert_close(block(x), expected)


def test_the_first_block_begins_without_an_activation() -> None:
    """An activation before its first convolution would lose the signs of pixels."""
    block = ResidualBlock(3, 5, norm="none", activation="relu", resampling="halve", first=True).double()
    x = torch.randn(2, 3, 4, 4, dtype=torch.double)
    between = F.conv2d(x, block.one.weight, block.one.bias, padding=1)  # type: ignore[arg-type]
    whole = relu_then(block.two, between)
    shortcut = F.conv2d(F.avg_pool2d(x, 2), block.shortcut.weight, block.shortcut.bias)  # type: ignore[arg-type]
    torch.testing.assert_close(block(x), F.avg_pool2d(whole, 2) + shortcut)


def test_attention_begins_as_the_identity_and_is_torchs_own_where_nothing_is_pooled() -> None:
    layer = SelfAttention(16, norm="none").double()
    x = torch.randn(2, 16, 4, 4, dtype=torch.double)
    assert torch.equal(layer(x), x)
    layer.gamma.data.fill_(0.7)
    flat = {name: F.conv2d(x, getattr(layer, name).weight) for name in ("query", "key", "value")}
    query, key, value = (F.max_pool2d(maps, 1 if name == "query" else 2).flatten(2).mT for name, maps in flat.items())
    said = F.scaled_dot_product_attention(query, key, value, scale=1.0).mT.unflatten(2, (4, 4))
    torch.testing.assert_close(layer(x), x + 0.7 * F.conv2d(said, layer.output.weight))  # type: ignore[arg-type]


def test_resampling_has_its_closed_values_in_both_directions() -> None:
    line = torch.tensor([4.0, 8.0, 2.0]).expand(1, 1, 3, 3)
    double, half = Resampler("double"), Resampler("half")
    assert double(line)[0, 0, 1].tolist() == double(line.mT)[0, 0, :, 1].tolist() == [2.0, 4.0, 6.0, 8.0, 5.0, 2.0]
    longer = torch.tensor([4.0, 8.0, 2.0, 6.0]).expand(1, 1, 4, 4)
    assert half(longer)[0, 0, 1].tolist() == half(longer.mT)[0, 0, :, 1].tolist() == [4.0, 4.5]


def test_blocks_of_r3gan_begin_as_the_identity_with_scaled_weights() -> None:
    torch.manual_seed(1)
    block = Block(64, group=16, blocks=16, dropout=0.0)
    x = torch.randn(2, 64, 3, 3)
    assert torch.equal(block(x), x)
    convolutions = [layer for layer in block.layers if isinstance(layer, nn.Conv2d)]
    spread = [layer.weight.std().item() * layer.weight[0].numel() ** 0.5 for layer in convolutions]
    assert spread == pytest.approx([GAIN / 2, GAIN / 2, 0.0], rel=0.05)  # 16^(-1/4) is a half


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (3, 48, 48)])
@pytest.mark.parametrize("network", ["resnet", "r3gan"])
def test_they_make_images_of_any_size_and_judge_them(build_model: BuildModel, network: str, shape: Any) -> None:
    widths = ("model.generator.width=8", "model.critic.width=8")
    model = build_model("model=gan", f"network={network}", f"data.shape={[*shape]}", *widths)
    images = model.generator(torch.randn(4, 100))
    assert images.shape == (4, *shape)
    assert model.critic(images).score.shape == (4, 1)


@pytest.mark.parametrize("network", ["resnet", "r3gan"])
def test_a_penalty_on_the_slope_has_the_gradient_of_finite_differences(build_model: BuildModel, network: str) -> None:
    model = build_model("model=gan", f"network={network}", "data.shape=[1,8,8]", "model.critic.width=8")
    critic: Critic = model.critic.double()
    for block in critic.modules():
        if isinstance(block, Block):
            nn.init.normal_(
                block.layers[-1].get_parameter("weight"), 0, 0.3
            )  # as it begins, with zeros, it would hide what is before it
    real = torch.randn(3, 1, 8, 8, dtype=torch.double, requires_grad=True)
    weight = next(parameter for parameter in critic.parameters() if parameter.ndim == 4)

    def penalty() -> Tensor:
        (slope,) = torch.autograd.grad(critic(real).score.sum(), real, create_graph=True)
        return slope.square().sum()

    (gradient,) = torch.autograd.grad(penalty(), weight)
    direction, step, values = torch.randn_like(weight), 1e-6, []
    for there in (step, -2 * step):
        with torch.no_grad():
            weight.add_(direction, alpha=there)
        values.append(penalty().detach())
    torch.testing.assert_close((gradient * direction).sum(), (values[0] - values[1]) / (2 * step), rtol=1e-4, atol=1e-6)


def test_they_say_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="sides of 8 or 16 or 32: take one, or 0"):
        ResNetGenerator(latent_dim=4, shape=(3, 32, 32), width=8, attention=12, **BATCH)
    with pytest.raises(ValueError, match="sides divisible by 8"):
        ResNetCritic(shape=(3, 20, 20), outputs=1, width=8, factors=(1, 2, 4), **PLAIN)
    with pytest.raises(ValueError, match="group must divide them"):
        R3GANCritic(shape=(3, 32, 32), outputs=1, width=12)
