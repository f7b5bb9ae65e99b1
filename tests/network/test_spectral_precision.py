"""Spectral normalisation beside torch's own, and under autocast."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations
from torch.overrides import TorchFunctionMode

from gan_lab.model.diagnostics import spectral_norms
from gan_lab.network.spectral import spectral_norm

LAYERS = [lambda: nn.Linear(5, 3), lambda: nn.Conv2d(2, 4, 3), lambda: nn.ConvTranspose2d(2, 4, 3)]
PRODUCTS = {"mv", "matmul", "__matmul__", "vdot", "linear", "conv2d"}


class Products(TorchFunctionMode):
    """Notes each product, and whether autocast would round its factors."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, bool]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in PRODUCTS:
            self.seen.append((func.__name__, torch.is_autocast_enabled("cpu")))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("make", LAYERS)
def test_it_is_torchs_to_the_bit(make: Any) -> None:
    layers: list[Any] = []
    for normalised in (spectral_norm, parametrizations.spectral_norm):
        torch.manual_seed(0)
        layers.append(normalised(make()))
    mine, theirs = layers
    for _ in range(3):
        assert torch.equal(mine.weight, theirs.weight)
    assert [*mine.state_dict()] == [*theirs.state_dict()]
    for name, value in mine.state_dict().items():
        assert torch.equal(value, theirs.state_dict()[name]), name


def test_under_autocast_only_the_layer_itself_is_rounded() -> None:
    network = nn.Sequential(spectral_norm(nn.Linear(5, 3)))
    with Products() as products, torch.autocast("cpu", torch.bfloat16):
        said = network(torch.ones(2, 5))
        spectral_norms(network)
    assert said.dtype == torch.bfloat16
    assert {name for name, rounded in products.seen if rounded} == {"linear"}
    assert {name for name, rounded in products.seen if not rounded} >= {"mv", "vdot"}
