"""A critic that reconstructs."""

from typing import Any, Literal

import pytest
import torch
from torch import Tensor, nn

from gan_lab.network.autoencoder import Autoencoder
from gan_lab.network.mlp import MLPCritic, MLPGenerator
from tests.fixtures import BuildModel


def autoencoder(power: Literal[1, 2] = 2, **changes: Any) -> Autoencoder:
    given: dict[str, Any] = {"shape": (1, 4, 4), "code": 3, "latent_dim": 3, "decoded": (1, 4, 4)} | changes
    common: dict[str, Any] = {"hidden": (8,), "norm": "none", "activation": "tanh"}
    encoder = MLPCritic(shape=given["shape"], outputs=given["code"], dropout=0.0, **common)
    decoder = MLPGenerator(latent_dim=given["latent_dim"], shape=given["decoded"], output="linear", **common)
    return Autoencoder(encoder=encoder, decoder=decoder, power=power)


@pytest.mark.parametrize(("power", "error"), [(2, 0.25), (1, 0.5)])
def test_the_score_is_minus_the_mean_error_per_number(power: Literal[1, 2], error: float) -> None:
    critic = autoencoder(power)
    for parameter in critic.encoder.get_submodule("head").parameters():
        nn.init.zeros_(parameter)
    images = critic.decoder(torch.zeros(5, 3)).detach()
    scores = critic(images - 0.5).score
    assert scores.shape == (5, 1)
    torch.testing.assert_close(scores, torch.full((5, 1), -error))


def test_features_are_the_code() -> None:
    critic, images = autoencoder(), torch.randn(5, 1, 4, 4)
    torch.testing.assert_close(critic(images).features, critic.encoder(images).score)


@pytest.mark.parametrize("power", [1, 2])
def test_the_gradient_goes_through_the_reconstruction_and_through_its_target(power: Literal[1, 2]) -> None:
    """Against central differences: a detached target would leave out half of it."""
    torch.manual_seed(0)
    critic = autoencoder(power).double()
    images = torch.randn(2, 1, 4, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: critic(x).score, images)


def test_a_linear_autoencoder_in_closed_form() -> None:
    # e(x) = |A x - x|^2 / n has the gradient 2 (A - I)^T (A - I) x / n; with a detached target, 2 A^T (A - I) x / n.
    critic = autoencoder(shape=(4,), decoded=(4,))
    encoder, decoder = nn.Linear(4, 3, bias=False), nn.Linear(3, 4, bias=False)
    critic.encoder.hidden, critic.encoder.head = nn.Sequential(), encoder
    critic.decoder.hidden, critic.decoder.output = nn.Sequential(), nn.Sequential(decoder)
    x = torch.randn(1, 4, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic(x).score.sum(), x)
    off = (decoder.weight @ encoder.weight - torch.eye(4)).detach()
    torch.testing.assert_close(gradient, -2 * (x @ off.T @ off).detach() / 4)


def test_it_judges_each_sample_for_itself_unless_batch_norm_couples_them() -> None:
    critic, images = autoencoder(), torch.randn(5, 1, 4, 4)
    assert not critic.couples_samples
    torch.testing.assert_close(critic(images).score[2:], critic(images[2:]).score)
    hidden = critic.decoder.hidden
    assert isinstance(hidden, nn.Sequential)
    hidden.append(nn.BatchNorm1d(8))
    assert critic.couples_samples


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"decoded": (1, 2, 8)}, "the encoder takes samples of shape"),
        ({"latent_dim": 4}, "autoencoder.encoder.outputs"),
    ],
)
def test_halves_that_do_not_fit_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        autoencoder(**changes)


@pytest.mark.parametrize("network", ["mlp", "dcgan", "mlp_2d"])
@pytest.mark.parametrize("model", ["ebgan", "began"])
def test_every_network_brings_its_own(build_model: BuildModel, network: str, model: str) -> None:
    data = "ring" if network == "mlp_2d" else "digits"
    built = build_model(f"model={model}", f"network={network}", f"data={data}", "autoencoder.encoder.outputs=5")
    images: Tensor = torch.zeros(3, *built.generator.shape)
    output = built.critic(images)
    assert output.features.shape == (3, 5)
    assert built.critic.decoder(output.features).shape == images.shape
    assert built.critic.power == (2 if model == "ebgan" else 1)
    assert (output.score <= 0).all()
