"""A cache of tensors on disk, by a key of everything that they depend on."""

import hashlib
import json
import logging
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from gan_lab.runs.atomic import write_bytes

log = logging.getLogger(__name__)

Tensors = dict[str, Tensor]


Key = Mapping[str, str | int]


class Source(ABC):
    """Tensors that are there already and are only read, such as those that come with gan_lab."""

    @abstractmethod
    def find(self, key: Key) -> Tensors | None:
        """Returns the tensors of the key, on the CPU, or None where there are none."""


class TensorCache:
    """Computes tensors once for each key; the name of their file is the sha256 of the key.

    A file is used if it can be read, states the same key, and its tensors have the sha256 that it states; otherwise
    the tensors are computed again and the file is replaced. Files are written atomically, so that runs may share a
    folder. Where nothing can be written, nothing is cached.

    What `shipped` has is taken from there first.
    """

    def __init__(self, folder: Path, shipped: Source | None = None) -> None:
        self.folder = folder
        self.shipped = shipped

    def get(self, key: Key, compute: Callable[[], Tensors], where: Key | None = None) -> Tensors:
        """Returns the tensors of the key, on the CPU.

        `key` states all that they depend on, and `where` that on which no more than rounding errors depend, such as the
        device. Files in the folder have both; what is shipped was computed on one machine for all, and has the key.
        """
        if (found := self.find(key, where)) is not None:
            return found
        # clone: tensors computed in inference mode could not be changed outside of it
        tensors = {name: tensor.cpu().contiguous().clone() for name, tensor in compute().items()}
        self._store(*self._place(key, where), tensors)
        return tensors

    def find(self, key: Key, where: Key | None = None) -> Tensors | None:
        """Returns the tensors of the key where they need not be computed, otherwise None."""
        if self.shipped is not None and (found := self.shipped.find(key)) is not None:
            return found
        return self._load(*self._place(key, where))

    def _place(self, key: Key, where: Key | None) -> tuple[Path, str]:
        """Returns the file for the key, and the key as the file states it."""
        text = text_of({**key, **(where or {})})
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.safetensors", text

    def _load(self, path: Path, text: str) -> Tensors | None:
        try:
            if not path.is_file():  # a pipe would be waited for
                return None
            artefact = path.read_bytes()
            tensors, stated = load(artefact), metadata(artefact)
        except (OSError, SafetensorError, ValueError) as error:
            log.warning("%s cannot be read (%s), so its content is computed again", path, error)
            return None
        if stated != {"key": text, "digest": digest_of(tensors)}:
            log.warning("%s does not match its name, so its content is computed again", path)
            return None
        return tensors

    def _store(self, path: Path, text: str, tensors: Tensors) -> None:
        artefact = with_metadata(tensors, {"key": text, "digest": digest_of(tensors)})
        try:
            write_bytes(path, artefact)
        except OSError as error:
            log.warning("%s cannot be written (%s), so its content will be computed again next time", path, error)


def text_of(key: Key) -> str:
    """Returns the key as a text, the same for any order of its entries."""
    return json.dumps(dict(key), sort_keys=True)


def digest_of(tensors: Mapping[str, Tensor]) -> str:
    """Returns the sha256 of names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def with_metadata(tensors: Tensors, stated: Mapping[str, object]) -> bytes:
    """Returns a safetensors file. One entry holds all metadata, because several would be written in changing order."""
    return save(tensors, {"gan_lab": json.dumps(stated, sort_keys=True)})


def metadata(artefact: bytes) -> dict:
    """Returns what `with_metadata` stated. Raises ValueError where it stated nothing."""
    try:
        (length,) = struct.unpack_from("<Q", artefact)
        found = json.loads(json.loads(artefact[8 : 8 + length])["__metadata__"]["gan_lab"])
    except (struct.error, KeyError, TypeError, RecursionError) as error:
        raise ValueError("it has no metadata of gan_lab") from error
    if not isinstance(found, dict):
        raise ValueError("its metadata are no mapping")
    return found
