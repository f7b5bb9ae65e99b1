"""The hand-written loops of the benchmark compute what gan_lab computes: otherwise their times say nothing."""

from typing import Any

import pytest
import torch

from gan_lab.model.base import AdversarialModule
from gan_lab.network.dropout import Dropout
from tests.benchmarks.loops.networks import NETWORKS, OVERRIDES, Critic
from tests.benchmarks.loops.variants import PAIRS, VARIANTS, consistency, critic_loss, generator_loss, gradient_penalty
from tests.contests import contest
from tests.fixtures import BuildModel, Compose


def weights(*modules: torch.nn.Module) -> list[torch.Size]:
    return sorted((p.shape for module in modules for p in module.parameters()), key=str)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "network"), PAIRS)
def test_networks_and_settings_are_those_of_the_variant(
    composed: Compose, build_model: BuildModel, name: str, network: str
) -> None:
    variant, choice = VARIANTS[name], (f"model={name}", *OVERRIDES[network], "data=mnist")
    model: AdversarialModule = build_model(*choice)
    if network == "pytorch_gan":  # whose first hidden layer has no batch norm
        hidden: Any = model.generator.hidden
        hidden[0][1] = torch.nn.Identity()
    generator, critic = NETWORKS[network](100, variant.outputs, variant.dropout, variant.norm)
    assert weights(model.generator) == weights(generator)
    assert weights(model.critic) == weights(critic)
    rates = {layer.p for layer in critic.modules() if isinstance(layer, torch.nn.Dropout)}
    assert {layer.p for layer in model.critic.modules() if isinstance(layer, Dropout)} == rates
    assert variant.n_critic == model.n_critic
    optimizer = composed(*choice)["model"]["optimizers"]["critic"]
    assert (optimizer["lr"], tuple(optimizer["betas"])) == (variant.lr, variant.betas)


@pytest.mark.parametrize("name", VARIANTS)
def test_losses_and_penalties_are_those_of_the_variant(build_model: BuildModel, name: str) -> None:
    """On the same scores, and on a critic and points of the same weights and random numbers."""
    variant = VARIANTS[name]
    model: AdversarialModule = build_model(f"model={name}", "network=mlp", "data=mnist").eval()
    random = torch.Generator().manual_seed(3)
    real, fake = torch.randn(2, 8, variant.outputs, generator=random)
    labels, component = torch.randint(10, (2, 8), generator=random)
    images = torch.rand(8, 1, 28, 28, generator=random)
    meeting = contest(real, fake, labels=labels, component=component if variant.mixture else None)
    meeting.real = meeting.fake = images
    mine = sum(model.loss.critic(meeting).minimised.values())
    torch.testing.assert_close(critic_loss(variant, real, fake, labels), mine)
    theirs = generator_loss(variant, fake, component if variant.mixture else None)
    torch.testing.assert_close(theirs, sum(model.loss.generator(meeting).minimised.values()))
    critic = copied(model, variant.outputs)
    if variant.gradient_penalty:
        # The random numbers are of another stream: where both ends are the same, every point between is.
        penalty = model.penalties["gradient"](model.critic, meeting).minimised["gradient_penalty"]
        torch.testing.assert_close(gradient_penalty(critic, images, images), penalty, rtol=1e-4, atol=1e-5)
    assert consistency(critic, images).item() == 0  # without dropout
    assert (variant.consistency, variant.gradient_penalty) == tuple(
        part in model.penalties for part in ("consistency", "gradient")
    )


def copied(model: AdversarialModule, outputs: int) -> Critic:
    """The hand-written critic with the model's weights."""
    critic = NETWORKS["mlp"](100, outputs, 0.0, True)[1]
    critic.load_state_dict(dict(zip(critic.state_dict(), model.critic.state_dict().values(), strict=True)))
    return critic
