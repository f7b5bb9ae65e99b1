"""Networks: shapes, options, and whether layers couple samples."""

from typing import Any

import pytest
import torch
from torch import nn

from gan_lab.network.base import Critic
from gan_lab.network.dcgan import DCGANCritic, DCGANGenerator
from gan_lab.network.mlp import MLPCritic, MLPGenerator
from tests.fixtures import BuildModel

NORMS = ["none", "batch", "layer", "spectral"]
SMALL: dict[str, Any] = {
    "shape": (1, 28, 28),
    "outputs": 1,
    "norm": "none",
    "activation": "leaky_relu",
    "dropout": 0.0,
}


def mlp_critic(**changes: Any) -> MLPCritic:
    values = SMALL | {"hidden": (32, 16)} | changes
    return MLPCritic(**values)


def dcgan_critic(**changes: Any) -> DCGANCritic:
    values = SMALL | {"width": 8} | changes
    return DCGANCritic(**values)


def test_the_mlps_of_the_source_documents(build_model: BuildModel) -> None:
    model = build_model("network=mlp", "model=gan")
    widths = [
        [m.out_features for m in net.modules() if isinstance(m, nn.Linear)] for net in (model.generator, model.critic)
    ]
    assert widths == [[256, 512, 1024, 784], [1024, 512, 256, 1]]


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_generators_make_images_in_range(norm: Any, shape: tuple[int, ...]) -> None:
    mlp = MLPGenerator(latent_dim=7, shape=shape, hidden=(32,), norm=norm, activation="relu", output="tanh")
    dcgan = DCGANGenerator(latent_dim=7, shape=shape, width=8, norm=norm, activation="relu")
    for generator in (mlp, dcgan):
        images = generator(torch.randn(5, 7) * 10)
        assert images.shape == (5, *shape)
        assert images.abs().max() <= 1


@pytest.mark.parametrize(("hidden", "apart"), [(0, True), (12, False)])
def test_without_a_dense_layer_the_critic_judges_distant_patches_each_by_itself(hidden: int, apart: bool) -> None:
    """What two patches change together is the sum of what each changes, or not."""
    critic = dcgan_critic(hidden=hidden).double()
    images = torch.zeros(4, 1, 28, 28, dtype=torch.double)
    images[1, 0, 2:8, 2:8] = images[3, 0, 2:8, 2:8] = 9.0
    images[2, 0, 20:26, 20:26] = images[3, 0, 20:26, 20:26] = -9.0
    neither, one, other, both = (1e6 * critic(images).score.squeeze(1)).tolist()  # weights of .02 make small scores
    assert ((both - neither) == pytest.approx((one - neither) + (other - neither), rel=1e-6)) == apart


def test_the_dense_layers_of_infogan(build_model: BuildModel) -> None:
    model = build_model("network=infogan", "model=gan")
    widths = [
        [m.out_features for m in net.modules() if isinstance(m, nn.Linear)] for net in (model.generator, model.critic)
    ]
    assert widths == [[1024, 128 * 7 * 7], [1024, 1]]
    assert model.generator(torch.randn(3, 100)).shape == (3, 1, 28, 28)
    assert model.critic(torch.randn(3, 1, 28, 28)).features.shape == (3, 1024)


def test_a_generator_of_points_is_not_bounded() -> None:
    generator = MLPGenerator(latent_dim=2, shape=(2,), hidden=(8,), norm="none", activation="relu", output="linear")
    assert generator(torch.randn(100, 2) * 100).abs().max() > 1


@pytest.mark.parametrize("make", [mlp_critic, dcgan_critic])
@pytest.mark.parametrize("norm", NORMS)
def test_critics_give_scores_and_features(make: Any, norm: Any) -> None:
    output = make(norm=norm, outputs=10)(torch.randn(6, 1, 28, 28))
    assert output.score.shape == (6, 10)
    assert output.features.shape[0] == 6
    assert output.features.ndim == 2


@pytest.mark.parametrize("make", [mlp_critic, dcgan_critic])
@pytest.mark.parametrize("norm", NORMS)
def test_couples_samples_tells_the_truth(make: Any, norm: Any) -> None:
    critic: Critic = make(norm=norm)
    for _ in range(60):  # the power iteration of spectral norm moves with every pass: let it settle
        critic(torch.randn(4, 1, 28, 28))
    images = torch.randn(4, 1, 28, 28, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic(images).score[0].sum(), images)
    others = gradient[1:].abs().sum() > 1e-9
    assert critic.couples_samples == others


@pytest.mark.parametrize("make", [mlp_critic, dcgan_critic])
def test_spectral_norm_makes_every_layer_a_contraction(make: Any) -> None:
    critic = make(norm="spectral")
    for _ in range(400):
        critic(torch.randn(2, 1, 28, 28))
    layers = [m for m in critic.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    assert len(layers) == 3
    for layer in layers:
        largest = torch.linalg.svdvals(layer.weight.detach().flatten(1))[0]
        assert largest.item() == pytest.approx(1, abs=5e-3)


@pytest.mark.parametrize("make", [mlp_critic, dcgan_critic])
def test_dropout_is_there_when_asked_for_and_off_in_evaluation(make: Any) -> None:
    images = torch.randn(4, 1, 28, 28)
    without, critic = make(), make(dropout=0.5)
    assert torch.equal(without(images).score, without(images).score)
    assert not torch.equal(critic(images).score, critic(images).score)
    critic.eval()
    assert torch.equal(critic(images).score, critic(images).score)


@pytest.mark.parametrize("make", [mlp_critic, dcgan_critic])
def test_batch_norm_spares_the_first_layer(make: Any) -> None:
    norms = [m for m in make(norm="batch").modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    assert len(norms) == 1


def test_dcgan_says_which_sizes_it_takes() -> None:
    with pytest.raises(ValueError, match="divisible by 4"):
        dcgan_critic(shape=(1, 30, 30))
