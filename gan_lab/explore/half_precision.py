"""Numbers as a page holds them: weights and codes in half precision, what is small in single precision."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.explore.layer_list import Layer
from gan_lab.page.curve_data import encoded

BYTES = 2 * 4 / 3
"""Of each number in the page: two of its own, in base64."""


def halved(values: Tensor) -> str:
    """Returns the values as little-endian float16 in base64. Raises GanLabError for what is too large for them."""
    half = values.detach().to("cpu", torch.float16)
    if not bool(half.isfinite().all()):
        raise GanLabError("explore keeps numbers in half precision, and some of this generator are above 65,504")
    return b64encode(half.contiguous().numpy().astype("<f2").tobytes()).decode()


def single(values: Tensor) -> str:
    """Returns the values as little-endian float32 in base64."""
    return encoded(values.detach().cpu().double().numpy())


def in_half_precision(layers: Sequence[Layer]) -> list[Layer]:
    """Returns the layers with the weights that a page has of them, in float32."""
    return [
        Layer(layer.kind, {name: part.half().float() for name, part in layer.tensors.items()}, layer.numbers)
        for layer in layers
    ]


def layers_data(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Returns the layers as data of a page: tensors in half precision, their sizes, and all other numbers."""
    return [
        {
            "kind": layer.kind,
            **{name: halved(part) for name, part in layer.tensors.items()},
            **({"sizes": [*layer.tensors["weight"].shape]} if layer.tensors else {}),
            **layer.numbers,
        }
        for layer in layers
    ]


def page_bytes(layers: Sequence[Layer]) -> int:
    """Returns about how many bytes the layers take in a page."""
    return round(BYTES * sum(part.numel() for layer in layers for part in layer.tensors.values()))
