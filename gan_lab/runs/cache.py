"""Tensors on disk, under a name that says all that they depend on."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from gan_lab.runs.atomic import write_bytes

log = logging.getLogger(__name__)

Tensors = dict[str, Tensor]


class TensorCache:
    """Computes once what is asked for by the same key; the file's name is the key's sha256.

    A file is trusted if it can be read, states the very key, and its tensors have the sha256 that it
    states; otherwise it is computed again and replaced. Files appear whole or not at all, so that runs may
    share a folder. Where nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: Mapping[str, str | int], compute: Callable[[], Tensors]) -> Tensors:
        """The tensors of the key, on the CPU."""
        text = json.dumps(dict(key), sort_keys=True)
        path = self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.safetensors"
        if (found := self._load(path, text)) is not None:
            return found
        # clone: tensors computed in inference mode could not be changed outside of it
        tensors = {name: tensor.cpu().contiguous().clone() for name, tensor in compute().items()}
        self._store(path, text, tensors)
        return tensors

    def _load(self, path: Path, text: str) -> Tensors | None:
        try:
            artefact = path.read_bytes()
            tensors, stated = load(artefact), metadata(artefact)
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            log.warning("%s cannot be read (%s): computing it again", path, error)
            return None
        if stated != {"key": text, "digest": digest_of(tensors)}:
            log.warning("%s does not hold what its name says: computing it again", path)
            return None
        return tensors

    def _store(self, path: Path, text: str, tensors: Tensors) -> None:
        artefact = with_metadata(tensors, {"key": text, "digest": digest_of(tensors)})
        try:
            write_bytes(path, artefact)
        except OSError as error:
            log.warning("%s cannot be written (%s): it will be computed again next time", path, error)


def digest_of(tensors: Mapping[str, Tensor]) -> str:
    """sha256 of names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def with_metadata(tensors: Tensors, stated: Mapping[str, object]) -> bytes:
    """A safetensors file. One entry holds it all: several would be written in an order that changes."""
    return save(tensors, {"gan_lab": json.dumps(stated, sort_keys=True)})


def metadata(artefact: bytes) -> dict:
    """What `with_metadata` stated. Raises ValueError or KeyError where nothing was."""
    length = int.from_bytes(artefact[:8], "little")
    return json.loads(json.loads(artefact[8 : 8 + length])["__metadata__"]["gan_lab"])
