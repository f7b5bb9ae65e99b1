"""Arithmetic in full float32, independent of the precision of training."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor


def switch_off_tf32() -> None:
    """Makes products and convolutions of float32 on a GPU keep all 24 bits in this process; for convolutions torch's
    default is TF32, which keeps 11."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


@contextmanager
def full_float32() -> Iterator[None]:
    """Makes products and convolutions in the block keep all 24 bits, even if training uses TF32 or bf16.

    TF32 keeps 11 bits: enough for a gradient, but not for a difference of two nearly equal distances.
    """
    matmul, convolution = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    switch_off_tf32()
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(matmul)
        torch.backends.cudnn.allow_tf32 = convolution


def at_least_single(x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    """Returns half precision as single precision and any other type unchanged."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
