"""Reads checkpoint files. `gan_lab.trained_model` builds the model from them."""

import pickle
from pathlib import Path
from typing import Any

import torch

from gan_lab.errors import GanLabError


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Returns what a training run saved, without unpickling objects. Raises GanLabError for any other or damaged
    file."""
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise GanLabError(f"{path} is damaged or not a checkpoint: {str(error).splitlines()[0]}") from error
    if not isinstance(saved, dict) or not {"config", "state_dict", "counters"} <= saved.keys():
        raise GanLabError(f"{path} is not a checkpoint of gan_lab: it lacks a configuration, weights or counters")
    return saved
