"""The recipes for CIFAR-10 train, and their networks can learn colour images by heart. Patches stand for CIFAR-10."""

from collections.abc import Callable
from math import inf
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.network.base import Critic, Generator
from gan_lab.network.dcgan import DCGANCritic, DCGANGenerator
from gan_lab.network.r3gan import R3GANCritic, R3GANGenerator
from gan_lab.network.resnet import ResNetCritic, ResNetGenerator
from tests.fixtures import BuildModel, Compose
from tests.short_runs import trainer

RECIPES = ("wgan_gp_cifar10", "sngan_cifar10", "r3gan_cifar10")
NARROW = ("model.generator.width=8", "model.critic.width=8")
PATCHES = 64
STEPS = 600
"""At most. Those of 64 patches at once are fewer than 250; R3GAN takes 16 at once, since its steps take seconds."""


def patches(composed: Compose, *more: str) -> DataModule:
    data: DataModule = build(composed("data=patches", *more)["data"], "data")
    data.prepare_data()
    data.setup()
    return data


@pytest.mark.parametrize("recipe", [pytest.param(recipe, marks=pytest.mark.slow) for recipe in RECIPES])
@pytest.mark.parametrize("width", [NARROW, pytest.param((), marks=pytest.mark.nightly)])
def test_a_recipe_trains_for_ten_steps_of_eight_images(
    build_model: BuildModel, composed: Compose, recipe: str, width: tuple[str, ...]
) -> None:
    words = (f"experiment={recipe}", "data=patches", "data.batch_size=8", "generator_steps=10")
    model = build_model(*words, *width)
    model.run_length = 10
    before = {name: value.detach().clone() for name, value in trained(model).items()}
    trainer().fit(model, datamodule=patches(composed, *words))
    assert model.generator_steps == 10
    after = trained(model)
    assert all(value.isfinite().all() for value in after.values())
    assert [name for name in after if torch.equal(before[name], after[name])] == []


def trained(model: nn.Module) -> dict[str, nn.Parameter]:
    """Of both players, without the last bias of the critic, which cancels in losses of differences."""
    found = dict(model.named_parameters())
    return {
        name: value for name, value in found.items() if not name.startswith("average.") and name != "critic.head.bias"
    }


def network(name: str, latent: int = 64) -> tuple[Generator, Critic]:
    """Both players, at a quarter of the width that the papers have: for CIFAR-10, and for 64 pixels of DCGAN's."""
    shape: Any = (3, 32, 32)
    if name == "r3gan":
        return R3GANGenerator(latent_dim=latent, shape=shape, width=192), R3GANCritic(shape=shape, outputs=1, width=192)
    if name == "dcgan":
        same: Any = {"width": 32, "stages": None}
        generator = DCGANGenerator(latent_dim=latent, shape=shape, norm="batch", activation="relu", **same)
        leaky: Any = {"norm": "none", "activation": "leaky_relu", "dropout": 0.0}
        return generator, DCGANCritic(shape=shape, outputs=1, **leaky, **same)
    of: Any = {"activation": "relu", "attention": 16 if name == "sngan" else 0}
    width = 64 if name == "sngan" else 32
    players = ResNetGenerator(latent_dim=latent, shape=shape, width=width, norm="batch", **of)
    return players, ResNetCritic(shape=shape, outputs=1, width=32, norm="none", dropout=0.0, pooling="mean", **of)


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["dcgan", "wgan_gp", "sngan", "r3gan"])
def test_each_learns_64_patches_by_heart(composed: Compose, name: str) -> None:
    """The generator makes each from a code of its own, with less than a tenth of the variance as its error. The critic
    tells one half of them, chosen by chance, from the other, with a cross-entropy of less than .15; that of a critic
    which knows nothing is .69. SNGAN's networks have self-attention."""
    images = patches(composed).train.values[:PATCHES].float() / 127.5 - 1
    torch.manual_seed(1)
    generator, critic = network(name)
    codes, side = torch.randn(PATCHES, 64), torch.tensor([1.0, -1.0]).repeat(PATCHES // 2)

    def error(some: Tensor) -> Tensor:
        return (generator(codes[some]) - images[some]).square().mean() / images.var()

    def surprise(some: Tensor) -> Tensor:
        return F.softplus(-side[some] * critic(images[some]).score.squeeze(1)).mean()

    deep = name == "r3gan"
    assert learnt(generator, error, at_once=16, rate=1e-3 if deep else 2e-3, enough=0.1) < 0.1
    assert learnt(critic, surprise, at_once=16 if deep else PATCHES, rate=3e-4 if deep else 1e-3, enough=0.15) < 0.15


def learnt(module: nn.Module, loss: Callable[[Tensor], Tensor], *, at_once: int, rate: float, enough: float) -> float:
    """Takes steps of Adam until the mean loss of all patches is below `enough`, but not for ever, and returns it."""
    optimizer = torch.optim.Adam(module.parameters(), rate)
    mean = inf
    for _ in range(STEPS * at_once // PATCHES):
        values = [step(optimizer, loss(some)) for some in torch.randperm(PATCHES).split(at_once)]
        if (mean := sum(values) / len(values)) < enough:
            break
    return mean


def step(optimizer: torch.optim.Optimizer, loss: Tensor) -> float:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
