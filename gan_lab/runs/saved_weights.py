"""Writes and reads the folder of a saved model: its weights without pickle, and what they are as JSON."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import write_bytes, write_text
from gan_lab.runs.cache import with_metadata
from gan_lab.runs.saved_folder import CARD, WEIGHTS, read_card

AVERAGED = "average.networks."
"""How the names of the averaged generator and prior begin."""


def write_saved(folder: Path, card: Mapping[str, Any], state: Mapping[str, Tensor], *, half: bool) -> None:
    """Writes model.safetensors and config.json, which states the hash of the former, into a folder.

    Of a generator and a prior of which there is an average, the average alone is kept, since samples are drawn from
    it: critic, loss and the average's statistics of batch norm are complete. `half` keeps matrices and kernels in
    half precision, at half the size; vectors, such as statistics, stay as they are. The same weights give the same
    bytes. Raises GanLabError for weights that half precision does not hold.
    """
    tensors = {name: value for name, value in state.items() if f"{AVERAGED}{name}" not in state}
    tensors = {name: (halved(name, value) if half else value) for name, value in tensors.items()}
    artefact = with_metadata({name: value.cpu().contiguous().clone() for name, value in tensors.items()}, {"format": 1})
    stated = {
        "format": 1,
        **card,
        "precision": "matrices in float16" if half else "as trained",
        "sha256": hashlib.sha256(artefact).hexdigest(),
    }
    write_bytes(folder / WEIGHTS, artefact)
    write_text(folder / CARD, json.dumps(stated, indent=2) + "\n")  # with the Infinity that a norm may have


def halved(name: str, value: Tensor) -> Tensor:
    """Returns a matrix or a kernel in half precision, anything else as it is."""
    if value.ndim < 2 or not value.is_floating_point():
        return value
    found = value.half()
    if not found.isfinite().all():
        raise GanLabError(f"{name} has values that half precision does not hold: save the model in full precision")
    return found


def read_saved(path: Path) -> dict[str, Any]:
    """Returns the same as a checkpoint has, for the weights of a saved folder. Raises GanLabError where they are
    damaged, or not those that config.json states."""
    card = read_card(path.parent)
    artefact = path.read_bytes()
    if hashlib.sha256(artefact).hexdigest() != card.get("sha256"):
        raise GanLabError(f"{path} is damaged, or not of the {CARD} beside it, which states another sha256")
    try:
        tensors = load(artefact)
    except (SafetensorError, ValueError, RuntimeError) as error:
        raise GanLabError(f"{path} is damaged or no file of weights") from error
    return {**card, "state_dict": {**trained_twins(tensors), **tensors}}


def trained_twins(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Returns the averaged weights under the names of the generator and prior that the average is of."""
    return {name.removeprefix(AVERAGED): value for name, value in tensors.items() if name.startswith(AVERAGED)}
