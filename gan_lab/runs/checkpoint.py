"""Reads checkpoint files. `gan_lab.trained_model` builds the model from them."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from gan_lab.errors import GanLabError

PARTS = {"config": dict, "state_dict": dict, "counters": dict}
SETTINGS = {"model": dict, "data": dict, "variant": str, "dataset": str, "seed": int}
"""What the configuration of every run has, and what is read of it."""


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Returns what a training run saved, without unpickling objects. Raises GanLabError for any other or damaged
    file."""
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise GanLabError(f"{path} is damaged or not a checkpoint of gan_lab") from error
    refuse_strange(saved, PARTS, f"{path} is not a checkpoint of gan_lab")
    refuse_strange(saved["config"], SETTINGS, f"the configuration in {path} is incomplete")
    return saved


def refuse_strange(found: Any, wanted: Mapping[str, type], sentence: str) -> None:
    """Raises GanLabError, with this beginning, where something is no mapping with the wanted keys and types."""
    for key, kind in wanted.items():
        if not isinstance(found, dict) or not isinstance(found.get(key), kind):
            raise GanLabError(f"{sentence}: it lacks its {key}")
