"""A trained model from its files."""

import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from gan_lab.cli.build import build
from gan_lab.errors import GanLabError
from gan_lab.model.base import AdversarialModule

Which = Literal["best", "last"]


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, the resolved configuration of its run, and what to state of it beside every number."""

    model: AdversarialModule
    config: dict[str, Any]
    stated: dict[str, str | int]
    path: Path


def find_checkpoint(path: str, which: Which) -> Path:
    """The checkpoint that a run folder or a checkpoint stands for. Raises GanLabError where there is none."""
    given = Path(path).expanduser().absolute()
    found = given / "checkpoints" / f"{which}.ckpt" if given.is_dir() else given
    if not found.is_file():
        raise GanLabError(f"there is no checkpoint at {found}: checkpoint= takes a run folder or a .ckpt file")
    return found


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What a training run saved, without unpickling objects. Raises GanLabError for any other file, also a torn one."""
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise GanLabError(f"{path} is damaged or no checkpoint: {str(error).splitlines()[0]}") from error
    if not isinstance(saved, dict) or not {"config", "state_dict", "counters"} <= saved.keys():
        raise GanLabError(f"{path} is no checkpoint of gan_lab: it lacks its configuration, weights or counters")
    return saved


def load_trained(path: str, which: Which, device: torch.device) -> Trained:
    """The model of a run folder's best or last checkpoint, or of a lone checkpoint, in evaluation mode on `device`.

    Raises GanLabError where there is none, or its configuration does not build it any more.
    """
    found = find_checkpoint(path, which)
    saved = read_checkpoint(found)
    config = saved["config"]
    with torch.random.fork_rng(devices=[]):  # initial weights are drawn, and overwritten
        model: AdversarialModule = build(config["model"], "model")
    try:
        model.load_state_dict(saved["state_dict"])
    except RuntimeError as error:
        raise GanLabError(
            f"{found} does not fit its own configuration: {str(error).splitlines()[-1].strip()}"
        ) from error
    stated = {
        "checkpoint": path,
        "sha256": hashlib.sha256(found.read_bytes()).hexdigest(),
        "variant": config["variant"],
        "dataset": config["dataset"],
        "training_seed": config["seed"],
        **saved["counters"],
    }
    return Trained(model.to(device).eval().requires_grad_(False), config, stated, found)
