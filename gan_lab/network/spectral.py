"""Spectral normalisation whose power iteration keeps single precision."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import _SpectralNorm
from torch.nn.utils.parametrize import register_parametrization


@final
class SpectralNorm(_SpectralNorm):
    """Returns W / (u' W v), where each call in training mode improves the singular vectors u and v by one power
    iteration.

    It computes in the precision of W, even where the layer multiplies in bfloat16: there, on a GPU, autocast would
    round W to 8 bits, and the norm would be off by as much.
    Source: Miyato et al. 2018, arXiv 1802.05957.
    """

    def forward(self, weight: Float[Tensor, " out *rest"]) -> Float[Tensor, " out *rest"]:
        with torch.autocast(weight.device.type, enabled=False):
            return super().forward(weight)


def spectral_norm(layer: nn.Module) -> nn.Module:
    """Normalises the weight of a linear or convolutional layer by its spectral norm, in place, and returns the layer.

    The weight of a transposed convolution has its outputs in the second dimension.
    """
    transposed = isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d)
    weight: Tensor = layer.get_parameter("weight")
    register_parametrization(layer, "weight", SpectralNorm(weight, dim=int(transposed)))
    return layer
