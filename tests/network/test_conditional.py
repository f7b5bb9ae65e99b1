"""Generators that are told a class, and projection critics."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.network.base import Generator
from gan_lab.network.dcgan import DCGANCritic, DCGANGenerator
from gan_lab.network.layers import ProjectionHead
from gan_lab.network.mlp import MLPCritic, MLPGenerator


def mlp(classes: int = 3) -> MLPGenerator:
    return MLPGenerator(
        latent_dim=7, shape=(1, 8, 8), hidden=(16,), norm="none", activation="relu", output="tanh", classes=classes
    )


def dcgan(classes: int = 3) -> DCGANGenerator:
    return DCGANGenerator(latent_dim=7, shape=(1, 8, 8), width=4, norm="none", activation="relu", classes=classes)


@pytest.mark.parametrize("make", [mlp, dcgan])
def test_the_first_layer_is_given_the_code_and_a_one_hot_class(make: Any) -> None:
    generator: Generator = make()
    seen: list[Tensor] = []
    first = next(m for m in generator.modules() if isinstance(m, nn.Linear))
    first.register_forward_hook(lambda _, given, output: seen.append(given[0]))
    z, labels = torch.randn(5, 7), torch.tensor([0, 2, 1, 2, 0])
    generator(z, labels)
    assert torch.equal(seen[0], torch.cat([z, F.one_hot(labels, 3).float()], 1))


@pytest.mark.parametrize("make", [mlp, dcgan])
def test_one_code_gives_another_sample_for_another_class_and_none_without(make: Any) -> None:
    generator, z = make(), torch.randn(1, 7)
    first, second = (generator(z, torch.tensor([label])) for label in (0, 1))
    assert not torch.equal(first, second)
    with pytest.raises(ValueError, match="class"):
        generator(z)
    plain = make(0)
    assert torch.equal(plain(z), plain(z, torch.tensor([1])))


@pytest.mark.parametrize("norm", ["none", "spectral"])
def test_projection_against_the_formula(norm: Any) -> None:
    head, features = ProjectionHead(6, 4, norm=norm), torch.randn(5, 6)
    head.eval()
    psi: Any = head.everyones
    own: Any = head.own
    for y in range(4):
        score = features @ psi.weight[0] + psi.bias + (features * own.weight[y]).sum(1)
        torch.testing.assert_close(head(features)[:, y], score)


def test_critics_with_a_projection_give_a_score_per_class_and_features() -> None:
    given: dict[str, Any] = {"shape": (1, 8, 8), "outputs": 4, "norm": "none", "activation": "relu", "dropout": 0.0}
    images = torch.randn(3, 1, 8, 8)
    for critic in (MLPCritic(hidden=(16,), projection=True, **given), DCGANCritic(width=4, projection=True, **given)):
        output = critic(images)
        assert output.score.shape == (3, 4)
        torch.testing.assert_close(output.score, critic.head(output.features))
        assert isinstance(critic.head, ProjectionHead)
