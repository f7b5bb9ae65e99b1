"""Tensors of many keys in one file, which comes with gan_lab and is only read."""

import hashlib
import logging
from collections.abc import Mapping
from functools import cached_property
from math import isqrt
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from gan_lab.runs.cache import Key, Source, Tensors, digest_of, metadata, text_of, with_metadata

log = logging.getLogger(__name__)

SEPARATOR, PACKED = "/", "/lower triangle"


class Bundle(Source):
    """Finds tensors by their key in a file that `bundled` made.

    The tensors of a key are used if they have the sha256 that the file states for them. A file that cannot be read has
    nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, key: Key) -> Tensors | None:
        stated, tensors = self._content
        name = name_of(key)
        if name not in stated:
            return None
        start = f"{name}{SEPARATOR}"
        try:
            found = unpacked({full[len(start) :]: tensor for full, tensor in tensors.items() if full.startswith(start)})
        except ValueError:
            found = {}
        if stated[name] != digest_of(found):
            log.warning("%s is damaged, so that a part of it is computed again", self.path)
            return None
        return found

    @cached_property
    def _content(self) -> tuple[dict[str, str], Tensors]:
        try:
            artefact = self.path.read_bytes()
            return metadata(artefact), load(artefact)
        except (OSError, SafetensorError, ValueError) as error:
            log.warning("%s cannot be read (%s), so that its content is computed again", self.path, error)
            return {}, {}


def bundled(entries: Mapping[str, Tensors]) -> bytes:
    """Returns the file with these tensors by the `name_of` their keys. The same tensors give the same bytes."""
    tensors = {
        f"{name}{SEPARATOR}{part}": tensor for name in sorted(entries) for part, tensor in packed(entries[name]).items()
    }
    return with_metadata(tensors, {name: digest_of(entries[name]) for name in sorted(entries)})


def packed(tensors: Tensors) -> Tensors:
    """Returns the same with lower triangular matrices as the vectors of their lower triangles, at half the size."""
    found = {}
    for part, tensor in tensors.items():
        square = tensor.ndim == 2 and 1 < len(tensor) == tensor.shape[1]
        lower = square and not tensor.triu(1).any()
        found[f"{part}{PACKED}" if lower else part] = (
            tensor[_lower(len(tensor))] if lower else tensor.contiguous().clone()
        )
    return found


def unpacked(tensors: Tensors) -> Tensors:
    """Returns what was `packed`. Raises ValueError where a vector is no lower triangle."""
    found = {}
    for part, tensor in tensors.items():
        if part.endswith(PACKED):
            size = isqrt(2 * len(tensor))
            if tensor.ndim != 1 or size * (size + 1) // 2 != len(tensor):
                raise ValueError(f"{part} has {tuple(tensor.shape)} entries")
            matrix = tensor.new_zeros(size, size)
            matrix[_lower(size)] = tensor
            found[part.removesuffix(PACKED)] = matrix
        else:
            found[part] = tensor.clone()
    return found


def _lower(size: int) -> tuple[Tensor, Tensor]:
    row, column = torch.tril_indices(size, size)
    return row, column


def name_of(key: Key) -> str:
    """Returns the sha256 of the key."""
    return hashlib.sha256(text_of(key).encode()).hexdigest()
