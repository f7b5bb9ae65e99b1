"""Norms of weights and gradients for logged rounds."""

from itertools import chain
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import get_total_norm
from torch.nn.utils.parametrizations import _SpectralNorm
from torch.nn.utils.parametrize import is_parametrized

Norms = dict[str, Float[Tensor, ""]]


def gradient_norms(modules: list[nn.Module]) -> Norms:
    """Returns the Euclidean norm of all gradients of one player, and that of each layer of its first network, by name.

    Layers are counted from the input. In a critic with weight clipping, the norms shrink or grow from layer to layer
    (Gulrajani et al. 2017, arXiv 1704.00028, figure 1).
    """
    norms = {"parameter_gradient_norm": gradient_norm(*modules)}
    for number, layer in enumerate(weight_layers(modules[0]), start=1):
        norms[f"parameter_gradient_norm_layer_{number}"] = gradient_norm(layer)
    return norms


def gradient_norm(*modules: nn.Module) -> Float[Tensor, ""]:
    parameters = chain.from_iterable(module.parameters() for module in modules)
    return get_total_norm([p.grad for p in parameters if p.grad is not None])


def spectral_norms(network: nn.Module) -> Norms:
    """Returns the spectral norm of the normalised weight of each layer with spectral normalisation, by name.

    It is 1 if the layer's power iteration has found the largest singular value, and above 1 if it lags behind.
    """
    norms = {}
    for number, layer in enumerate(weight_layers(network), start=1):
        if is_parametrized(layer, "weight"):
            parametrisation: Any = layer.parametrizations.weight  # type: ignore[union-attr]
            norms[f"spectral_norm_layer_{number}"] = norm_after(parametrisation[0], parametrisation.original)
    return norms


@torch.no_grad()
def norm_after(normalisation: _SpectralNorm, weight: Tensor, steps: int = 5) -> Float[Tensor, ""]:
    """Returns the spectral norm of W / (u' W v), by `steps` power iterations on copies of the layer's u and v."""
    matrix = weight.movedim(normalisation.dim, 0).flatten(1)
    u, v = normalisation._u, normalisation._v
    with torch.autocast(weight.device.type, enabled=False):
        divisor = u @ matrix @ v
        for _ in range(steps):
            v = nn.functional.normalize(matrix.T @ u, dim=0)
            u = nn.functional.normalize(matrix @ v, dim=0)
        return (u @ matrix @ v) / divisor


def weight_layers(network: nn.Module) -> list[nn.Module]:
    """Returns the linear and convolutional layers, in order from the input."""
    return [m for m in network.modules() if isinstance(m, nn.Linear | nn.modules.conv._ConvNd)]
