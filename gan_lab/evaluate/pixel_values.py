"""Interprets the values in an array of images and converts them to uint8."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Shaped, UInt8
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8


def rule_for(array: Shaped[np.ndarray, "n k h w"], path: Path) -> tuple[str, str]:
    """Returns the range of the values and the name of the rule in `RULES` by which they are read."""
    kind = array.dtype.kind
    if kind not in "buif":
        raise GanLabError(f"{path} holds values of type {array.dtype}, but images must be numbers or bool")
    if kind == "f" and not np.isfinite(array).all():
        raise GanLabError(f"{path} holds values that are not finite (NaN or infinity)")
    low, high = float(array.min()), float(array.max())
    span = f"{low:.9g}..{high:.9g}"
    if array.dtype == np.uint8:
        return span, UINT8
    if kind == "b":
        return span, BOOL
    if kind == "f" and low >= 0 and high <= 1:
        return span, UNIT
    if kind == "f" and low >= -1 and high <= 1:
        return span, SYMMETRIC
    if low >= 0 and high <= 255 and (kind != "f" or (array == np.rint(array)).all()):
        return span, WHOLE
    raise GanLabError(
        f"{path} holds values of type {array.dtype} in {span}, but uint8, bool, floats in [0, 1] or [-1, 1], or whole "
        "numbers in 0..255 are supported"
    )


def unit_to_uint8(array: Float[np.ndarray, "n c h w"]) -> UInt8[Tensor, "n c h w"]:
    return torch.from_numpy(np.rint(255 * array.astype(np.float32)).astype(np.uint8))


def symmetric_to_uint8(array: Float[np.ndarray, "n c h w"]) -> UInt8[Tensor, "n c h w"]:
    return to_uint8(torch.from_numpy(array.astype(np.float32)))


def whole_to_uint8(array: Shaped[np.ndarray, "n c h w"]) -> UInt8[Tensor, "n c h w"]:
    return torch.from_numpy(array.astype(np.uint8, order="C"))


UINT8, BOOL, WHOLE = "uint8 as they are", "bool as 0 and 255", "whole numbers as they are"
UNIT, SYMMETRIC = "round(255 x)", "round(127.5 (x + 1))"

RULES = {
    UINT8: whole_to_uint8,
    BOOL: lambda array: 255 * whole_to_uint8(array),
    WHOLE: whole_to_uint8,
    UNIT: unit_to_uint8,
    SYMMETRIC: symmetric_to_uint8,
}
"""The functions that convert values, by the words that are recorded for them."""
