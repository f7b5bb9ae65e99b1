"""A generator as a plain list of layers, which a browser can compute without torch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.errors import GanLabError
from gan_lab.network.base import Generator
from gan_lab.network.convolution import PADDING, STRIDE, Doubling
from gan_lab.network.modes import evaluation_mode
from gan_lab.network.rectifier import LeakyReLU

TRIED = 8
"""The number of codes on which a list is compared with its generator."""
CLOSE = 1e-3
"""The largest difference of a pixel in [-1, 1], which is that of rounding errors; half a grey level is 4e-3."""
CURVES: dict[type[nn.Module], str] = {nn.SiLU: "silu", nn.Tanh: "tanh"}
FOLDED = ("linear", "doubling")
"""Layers into which a batch norm behind them is folded."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its kind, its tensors and its other numbers.

    - `linear`: y = W x + b, weight [out in]
    - `doubling`: a transposed 4x4 convolution of stride 2 and padding 1, weight [in out 4 4], numbers height and width
    - `norm`: (x - mean) / sqrt(var + eps) over all numbers of a sample, then w_c x + b_c for each channel c of `pixels`
    - `leaky_relu` with its slope, `silu`, `tanh`
    """

    kind: str
    tensors: dict[str, Tensor] = field(default_factory=dict)
    numbers: dict[str, int | float] = field(default_factory=dict)


def layers_of(generator: Generator) -> list[Layer]:
    """Returns the generator in evaluation mode as a list of layers, which give the same images.

    Norms of batches are folded into the layer before them, and spectral norms are in the weights. The input of the
    first layer is the code, followed by the class as a one-hot vector where the generator is conditional. Raises
    GanLabError for a generator that is no such list.
    """
    name = type(generator).__name__
    shape: tuple[int, ...] = (generator.latent_dim + generator.classes,)
    layers: list[Layer] = []
    with evaluation_mode(generator), torch.no_grad():
        for module in leaves(generator):
            layers, shape = appended(layers, module, shape, name)
        refuse_difference(generator, layers)
    return layers


def leaves(network: nn.Module) -> Iterator[nn.Module]:
    """Yields the layers of a network in the order in which they are registered."""
    for module in network.children():
        yield from leaves(module) if isinstance(module, nn.Sequential) else [module]


def appended(
    layers: list[Layer], module: nn.Module, shape: tuple[int, ...], name: str
) -> tuple[list[Layer], tuple[int, ...]]:
    """Returns the list with one module more, and the shape of a sample behind it."""
    if isinstance(module, nn.Linear):
        return [*layers, Layer("linear", weights(module, module.out_features))], (module.out_features,)
    if isinstance(module, Doubling):
        _, height, width = shape
        sides: dict[str, int | float] = {"height": height, "width": width}
        layer = Layer("doubling", weights(module, module.out_channels), sides)
        return [*layers, layer], (module.out_channels, STRIDE * height, STRIDE * width)
    if isinstance(module, nn.Unflatten):
        return layers, tuple(module.unflattened_size)
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and layers and layers[-1].kind in FOLDED:
        return [*layers[:-1], folded(layers[-1], module)], shape
    if isinstance(module, nn.LayerNorm) or (isinstance(module, nn.GroupNorm) and module.num_groups == 1):
        numbers = {"eps": module.eps, "pixels": prod(shape[1:])}
        return [*layers, Layer("norm", {"weight": module.weight, "bias": module.bias}, numbers)], shape
    if isinstance(module, LeakyReLU):
        return [*layers, Layer("leaky_relu", numbers={"slope": module.slope})], shape
    if type(module) in CURVES:
        return [*layers, Layer(CURVES[type(module)])], shape
    raise GanLabError(f"explore cannot show {name} in a browser, which has no layer {type(module).__name__}")


def weights(module: Any, outputs: int) -> dict[str, Tensor]:
    """Returns weight and bias; a layer without a bias gets zeros."""
    bias = module.weight.new_zeros(outputs) if module.bias is None else module.bias
    return {"weight": module.weight.detach(), "bias": bias.detach()}


def folded(layer: Layer, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> Layer:
    """Returns the layer whose outputs are already normalised: w s and (b - mean) s + beta, with the factor
    s = gamma / sqrt(var + eps) of each output."""
    mean, var = norm.running_mean, norm.running_var
    assert mean is not None
    assert var is not None
    scale = norm.weight / (var + norm.eps).sqrt()
    weight, bias = layer.tensors["weight"], layer.tensors["bias"]
    over = scale[:, None] if layer.kind == "linear" else scale[:, None, None]  # outputs are first there, second here
    return replace(layer, tensors={"weight": weight * over, "bias": (bias - mean) * scale + norm.bias})


def computed(layers: Sequence[Layer], x: Float[Tensor, "b n"]) -> Float[Tensor, "b m"]:
    """Returns what the layers make of the inputs, every sample as one row."""
    for layer in layers:
        x = step(layer, x)
    return x


def step(layer: Layer, x: Float[Tensor, "b n"]) -> Float[Tensor, "b m"]:
    """Returns what one layer makes of its inputs."""
    tensors, numbers = layer.tensors, layer.numbers
    if layer.kind == "linear":
        return F.linear(x, tensors["weight"], tensors["bias"])
    if layer.kind == "doubling":
        maps = x.view(len(x), -1, int(numbers["height"]), int(numbers["width"]))
        return F.conv_transpose2d(maps, tensors["weight"], tensors["bias"], STRIDE, PADDING).flatten(1)
    if layer.kind == "norm":
        maps = x.view(len(x), -1, int(numbers["pixels"]))
        return F.group_norm(maps, 1, tensors["weight"], tensors["bias"], numbers["eps"]).flatten(1)
    if layer.kind == "leaky_relu":
        return F.leaky_relu(x, numbers["slope"])
    return F.silu(x) if layer.kind == "silu" else x.tanh()


def refuse_difference(generator: Generator, layers: Sequence[Layer]) -> None:
    """Raises GanLabError where the list gives other images than the generator, which then is no list of its layers."""
    weight = next(generator.parameters())
    random = torch.Generator().manual_seed(0)
    z = torch.randn(TRIED, generator.latent_dim, generator=random).to(weight)
    labels = torch.arange(TRIED, device=z.device) % generator.classes if generator.classes else None
    wanted = generator(z, labels).flatten(1)
    found = computed(layers, generator.concat_labels(z, labels))
    if found.shape != wanted.shape or not bool(((found - wanted).abs() < CLOSE).all()):
        raise GanLabError(
            f"explore cannot show {type(generator).__name__} in a browser: it is more than its layers one after another"
        )
