"""The layers of a network in the order in which they compute, with the names of their tensors, for other programs."""

import inspect
from collections.abc import Iterator

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from gan_lab.network.convolution import Doubling, Halving
from gan_lab.network.dropout import Dropout
from gan_lab.network.rectifier import LeakyReLU
from gan_lab.network.spectral import SpectralNorm
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.trust.texts import markdown_cell

AS_TORCH: dict[type, str] = {Halving: "Conv2d", Doubling: "ConvTranspose2d"}
"""Layers of ours that compute what torch's of this name do."""


def layer_table(network: nn.Module, prefix: str) -> str:
    """Returns a Markdown table with a line for each layer: its name, what it computes, its tensors and their shapes.

    `prefix` is how the names of its tensors begin. Dropout is left out, which does nothing in a trained network.
    """
    rows = [
        [f"`{prefix}{name}`", markdown_cell(operation(layer)), ", ".join(tensors(layer))]
        for name, layer in layers(network)
    ]
    return markdown_table(["layer", "what it computes", "its tensors"], rows, ["---"] * 3)


def layers(network: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yields the names and layers of a network, each whole where it is computed at once."""
    for name, layer in network.named_children():
        inner = f"{prefix}{name}"
        if is_parametrized(layer, "weight") or not [*layer.children()]:
            if not isinstance(layer, Dropout):
                yield inner, layer
        else:
            yield from layers(layer, f"{inner}.")


def operation(layer: nn.Module) -> str:
    """Returns a layer as torch writes it, such as `Linear(in_features=4, out_features=16, bias=True)`."""
    kind = type(layer) if not is_parametrized(layer) else type(layer).__mro__[1]
    options = layer.extra_repr().replace("slope=", "negative_slope=") if kind is LeakyReLU else layer.extra_repr()
    said = f"{AS_TORCH.get(kind, kind.__name__)}({options})"
    if is_parametrized(layer, "weight"):
        said += ", whose weight is W / (u' W v): W = `original` with its outputs as rows, u = `_u`, v = `_v`"
    return said


def tensors(layer: nn.Module) -> list[str]:
    """Returns the names of a layer's tensors after its own name, each with its shape."""
    state = {name: value for name, value in layer.state_dict().items() if not name.endswith("num_batches_tracked")}
    return [f"`{name}` {[*value.shape]}" for name, value in state.items()]


def composition(network: nn.Module) -> list[str]:
    """Returns what is said of the network, and of each of its parts that is neither a layer of torch nor like one."""
    found: dict[str, str] = {}
    for module in network.modules():
        kind = type(module)
        if kind.__module__.startswith("gan_lab.") and kind not in (*AS_TORCH, LeakyReLU, Dropout, SpectralNorm):
            words = (inspect.getdoc(module) or "").partition("\n\n")[0]
            options = f"({module.extra_repr()})" if module.extra_repr() else ""
            found[kind.__name__] = f"{kind.__name__}{options}: {' '.join(words.split())}"
    return [*found.values()]
