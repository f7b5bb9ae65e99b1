"""What a logged round says of weights and gradients."""

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
    """The Euclidean norm of all gradients of one player, and of those of each layer of its first network.

    Layers are counted from the input: where a critic's weights are clipped, the norms shrink or grow from one to the
    next (Gulrajani et al. 2017, arXiv 1704.00028, figure 1).
    """
    norms = {"parameter_gradient_norm": gradient_norm(*modules)}
    for number, layer in enumerate(weight_layers(modules[0]), start=1):
        norms[f"parameter_gradient_norm_layer_{number}"] = gradient_norm(layer)
    return norms


def gradient_norm(*modules: nn.Module) -> Float[Tensor, ""]:
    parameters = chain.from_iterable(module.parameters() for module in modules)
    return get_total_norm([p.grad for p in parameters if p.grad is not None])


def spectral_norms(network: nn.Module) -> Norms:
    """The spectral norm of the weight of each layer that is spectrally normalised, as the layer uses it.

    1 where its power iteration has found the largest singular value, above 1 where it lags behind.
    """
    norms = {}
    for number, layer in enumerate(weight_layers(network), start=1):
        if is_parametrized(layer, "weight"):
            parametrisation: Any = layer.parametrizations.weight  # type: ignore[union-attr]
            norms[f"spectral_norm_layer_{number}"] = norm_after(parametrisation[0], parametrisation.original)
    return norms


@torch.no_grad()
def norm_after(normalisation: _SpectralNorm, weight: Tensor, steps: int = 5) -> Float[Tensor, ""]:
    """The norm of W / (u' W v), u and v the normalisation's own; by further steps on copies, so that nothing moves."""
    matrix = weight.movedim(normalisation.dim, 0).flatten(1)
    u, v = normalisation._u, normalisation._v
    divisor = u @ matrix @ v
    for _ in range(steps):
        v = nn.functional.normalize(matrix.T @ u, dim=0)
        u = nn.functional.normalize(matrix @ v, dim=0)
    return (u @ matrix @ v) / divisor


def weight_layers(network: nn.Module) -> list[nn.Module]:
    """The linear and convolutional layers, from the input on."""
    return [m for m in network.modules() if isinstance(m, nn.Linear | nn.modules.conv._ConvNd)]
