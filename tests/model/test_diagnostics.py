"""What a logged round says of weights and gradients, and that looking changes nothing."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_lab.model.diagnostics import gradient_norms, spectral_norms, weight_layers
from gan_lab.network.convolution import Halving
from gan_lab.penalty.weight_clipping import WeightClipping
from tests.short_runs import fit


def test_gradient_norms_are_those_of_each_layer_and_of_all() -> None:
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    for number, parameter in enumerate(network.parameters()):
        parameter.grad = torch.full_like(parameter, float(number))
    norms = gradient_norms([network])
    # gradients: 6 zeros and 3 ones; 3 twos and 3 threes (batch norm's); 3 fours and 1 five
    assert norms["parameter_gradient_norm_layer_1"] == pytest.approx(math.sqrt(3))
    assert norms["parameter_gradient_norm_layer_2"] == pytest.approx(math.sqrt(3 * 16 + 25))
    assert norms["parameter_gradient_norm"] == pytest.approx(math.sqrt(3 + 3 * 4 + 3 * 9 + 3 * 16 + 25))
    assert len(norms) == 3


@pytest.mark.parametrize("layer", [nn.Linear(20, 30), nn.Conv2d(3, 8, 4), nn.ConvTranspose2d(3, 8, 4)])
def test_the_spectral_norm_of_a_layer_is_1_once_its_power_iteration_is_there(layer: Any) -> None:
    layer.weight.data *= 7
    network = nn.Sequential(nn.utils.parametrizations.spectral_norm(layer), nn.Linear(1, 1))
    for _ in range(200):
        _ = layer.weight  # each use in training is a power step
    assert [*spectral_norms(network)] == ["spectral_norm_layer_1"]
    assert spectral_norms(network)["spectral_norm_layer_1"] == pytest.approx(1, abs=1e-4)


def test_a_power_iteration_that_lags_shows() -> None:
    """After the weight jumped, the effective norm is far from 1; singular values computed otherwise agree."""
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(6, 6, bias=False))
    parametrisation: Any = layer.parametrizations.weight  # type: ignore[union-attr]
    with torch.no_grad():
        parametrisation.original.copy_(torch.diag(torch.tensor([9.0, 1.0, 1.0, 1.0, 1.0, 1.0])))
        for name in ("_u", "_v"):
            parametrisation[0].get_buffer(name).copy_(
                nn.functional.normalize(torch.tensor([0.1, 1, 1, 1, 1, 1]), dim=0)
            )
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    found = spectral_norms(layer)["spectral_norm_layer_1"]
    assert all(torch.equal(value, layer.state_dict()[name]) for name, value in before.items())
    normalised = layer.eval().weight
    assert isinstance(normalised, Tensor)
    expected = torch.linalg.matrix_norm(normalised.detach(), 2)
    assert expected > 5
    torch.testing.assert_close(found, expected)


def test_the_share_of_clipped_weights() -> None:
    network = nn.Linear(3, 1)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[0.5, -2.0, 3.0]]))
        network.bias.fill_(0.1)
    clipping = WeightClipping(limit=1.0)
    clipping(network)
    assert clipping.diagnostics(network) == {"clipped_share": pytest.approx(0.5)}


@pytest.mark.parametrize(
    ("variant", "names"),
    [
        ("wgan", {"clipped_share", "parameter_gradient_norm_layer_4"}),
        ("sngan", {"spectral_norm_layer_1", "spectral_norm_layer_4", "accuracy"}),
        ("gmgan_dynamic", {"parameter_gradient_norm_layer_1", "accuracy", "class_accuracy"}),
    ],
)
def test_a_watched_round_says_them_and_trains_the_same(build_model: Any, variant: str, names: set[str]) -> None:
    given = (f"model={variant}", "data=ring", "model.critic.norm=spectral" if variant == "sngan" else "seed=1")
    models = [build_model(*given), build_model(*given)]
    models[1].on_train_batch_start = lambda batches, index: setattr(models[1], "watching", True)
    for model in models:
        fit(model, rounds=3)
    assert names <= models[1].played[0].terms.diagnostics.keys()
    assert not names & {"clipped_share", "spectral_norm_layer_1"} & models[0].played[0].terms.diagnostics.keys()
    for name, value in models[0].state_dict().items():
        assert torch.equal(value, models[1].state_dict()[name]), name


def test_layers_are_counted_from_the_input(build_model: Any) -> None:
    model = build_model("model=sngan", "data=digits", "network=dcgan")
    kinds = [
        type(layer).__mro__[1 if hasattr(layer, "parametrizations") else 0] for layer in weight_layers(model.critic)
    ]
    assert kinds == [Halving, Halving, nn.Linear]
