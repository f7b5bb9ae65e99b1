"""The list of layers makes the images of its generator, whatever it is built of."""

from typing import Any

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.explore.half_precision import BYTES, in_half_precision, layers_data, page_bytes
from gan_lab.explore.latent_form import principal_axes
from gan_lab.explore.layer_list import Layer, computed, layers_of
from gan_lab.network.base import Generator
from gan_lab.network.dcgan import DCGANGenerator
from gan_lab.network.mlp import MLPGenerator
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.normal import Normal
from tests.explore.untrained import stir


@pytest.mark.parametrize("norm", ["none", "batch", "layer", "spectral"])
@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "silu", "tanh"])
def test_every_norm_and_activation(norm: Any, activation: Any) -> None:
    """With statistics and weights of norms that are not those of the start."""
    torch.manual_seed(0)
    dense = MLPGenerator(latent_dim=9, shape=(1, 4, 4), hidden=(8, 6), norm=norm, activation=activation, output="tanh")
    maps, both = (
        DCGANGenerator(latent_dim=9, shape=(1, 8, 4), width=3, hidden=hidden, norm=norm, activation=activation)
        for hidden in (0, 5)
    )
    z = torch.randn(5, 9)
    for generator in (dense, maps, both):
        stir(generator)
        layers = layers_of(generator.eval())
        with torch.no_grad():
            torch.testing.assert_close(computed(layers, z), generator(z).flatten(1), atol=1e-5, rtol=1e-4)
        assert ("norm" in {layer.kind for layer in layers}) == (norm == "layer")


def test_a_class_follows_the_code() -> None:
    for conditional in (
        MLPGenerator(
            latent_dim=3, shape=(1, 4, 4), hidden=(8,), norm="none", activation="relu", output="tanh", classes=5
        ),
        DCGANGenerator(latent_dim=3, shape=(3, 4, 8), width=2, norm="none", activation="relu", classes=5),
    ):
        layers = layers_of(conditional)
        z, labels = torch.randn(4, 3), torch.tensor([0, 4, 2, 2])
        with torch.no_grad():
            x = computed(layers, conditional.concat_labels(z, labels)).unflatten(1, conditional.shape)
            torch.testing.assert_close(x, conditional(z, labels), atol=1e-6, rtol=1e-5)


class Twice(Generator):
    """Uses its only layer twice, which no list of layers does."""

    def __init__(self) -> None:
        super().__init__(latent_dim=4, shape=(1, 2, 2))
        self.only = nn.Linear(4, 4)

    def forward(self, z: Float[Tensor, "b d"], labels: Any = None) -> Float[Tensor, " b *shape"]:
        return self.only(self.only(z)).unflatten(1, self.shape)


class Strange(Twice):
    """Has a layer that the page does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.strange = nn.Softplus()


def test_what_is_no_list_of_known_layers_is_refused() -> None:
    with pytest.raises(GanLabError, match="Twice in a browser: it is more than its layers"):
        layers_of(Twice())
    with pytest.raises(GanLabError, match="Strange in a browser, which has no layer Softplus"):
        layers_of(Strange())


def test_halves_are_what_numpy_rounds_to() -> None:
    layer = Layer("linear", {"weight": torch.tensor([[1 / 3, 1e-6]]), "bias": torch.tensor([2.0])})
    (half,) = in_half_precision([layer])
    expected = torch.tensor([[1 / 3, 1e-6]]).numpy().astype("float16").astype("float32")
    assert (half.tensors["weight"].numpy() == expected).all()
    (data,) = layers_data([half])
    assert data["sizes"] == [1, 2]
    assert len(data["weight"]) + len(data["bias"]) >= page_bytes([layer]) == round(3 * BYTES)
    with pytest.raises(GanLabError, match="above 65,504"):
        layers_data([Layer("linear", {"weight": torch.tensor([[1e5]])})])


def test_the_first_direction_changes_the_first_layer_most() -> None:
    """Against any other one, and in units of the prior's standard deviations."""
    random = torch.Generator().manual_seed(3)
    weight = torch.randn(20, 6, generator=random)
    axes = principal_axes([Layer("linear", {"weight": weight, "bias": torch.zeros(20)})], Normal(dim=6))
    torch.testing.assert_close(axes @ axes.T, torch.eye(6), atol=1e-5, rtol=0)
    any_direction = torch.nn.functional.normalize(torch.randn(500, 6, generator=random), dim=1)
    assert (any_direction @ weight.T).norm(dim=1).max() <= (axes[0] @ weight.T).norm() * (1 + 1e-6)
    prior = GaussianMixture(dim=6, components=2, spread=1.0, std=1.0, trainable=True, means_seed=1)
    with torch.no_grad():
        prior.rho[:, 4] = 40.0
    axes = principal_axes([Layer("linear", {"weight": weight, "bias": torch.zeros(20)})], prior)
    assert axes[0].abs().argmax() == 4
