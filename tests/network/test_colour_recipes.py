"""The recipes for CIFAR-10 train, and their networks can learn colour images by heart. Patches stand for CIFAR-10."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.network.base import Critic, Generator
from gan_lab.network.r3gan import R3GANCritic, R3GANGenerator
from gan_lab.network.resnet import ResNetCritic, ResNetGenerator
from tests.fixtures import BuildModel, Compose
from tests.short_runs import trainer

RECIPES = ("wgan_gp_cifar10", "sngan_cifar10", "r3gan_cifar10")
NARROW = ("model.generator.width=8", "model.critic.width=8")
PATCHES = 64
STEPS = 400


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
    """Both players, at a quarter of the width that the papers have for CIFAR-10."""
    shape: Any = (3, 32, 32)
    if name == "r3gan":
        return R3GANGenerator(latent_dim=latent, shape=shape, width=192), R3GANCritic(shape=shape, outputs=1, width=192)
    make = {"norm": "none", "activation": "relu", "width": 64 if name == "sngan" else 32}
    generator = ResNetGenerator(latent_dim=latent, shape=shape, **make | {"norm": "batch"})  # type: ignore[arg-type]
    return generator, ResNetCritic(shape=shape, outputs=1, dropout=0.0, pooling="mean", **make)  # type: ignore[arg-type]


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["wgan_gp", "sngan", "r3gan"])
def test_each_learns_64_patches_by_heart(composed: Compose, name: str) -> None:
    """The generator from a code for each, the critic to tell them from 64 others."""
    torch.manual_seed(1)
    images = patches(composed).train.values[: 2 * PATCHES].float() / 127.5 - 1
    mine, others = images[:PATCHES], images[PATCHES:]
    generator, critic = network(name)
    codes, sign = torch.randn(PATCHES, 64), torch.tensor([1.0] * PATCHES + [-1.0] * PATCHES)
    error = learnt(generator, lambda: (generator(codes) - mine).square().mean())
    assert error < 0.1 * mine.var().item()
    both = torch.cat([mine, others])
    assert learnt(critic, lambda: F.softplus(-sign * critic(both).score.squeeze(1)).mean()) < 0.1


def learnt(module: nn.Module, loss: Any) -> float:
    """Returns the loss after some steps of Adam."""
    optimizer = torch.optim.Adam(module.parameters(), 1e-3)
    value: Tensor = loss()
    for _ in range(STEPS):
        value = loss()
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        if value < 0.01:
            break
    return value.item()
