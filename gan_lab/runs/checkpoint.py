"""Reads and writes checkpoint files. `gan_lab.trained_model` builds the model from them."""

import pickle
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from gan_lab.distributed.environment import first
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import keep_as, move, replacing
from gan_lab.runs.resume import LENGTHS, other_settings
from gan_lab.runs.run_folder import RunFolder
from gan_lab.runs.saved_folder import WEIGHTS
from gan_lab.runs.saved_weights import read_saved
from gan_lab.runs.seal import intact, sealed
from gan_lab.trust.lenient import LARGEST

PARTS = {"config": dict, "state_dict": dict, "counters": dict}
SETTINGS = {"model": dict, "data": dict, "variant": str, "dataset": str, "seed": int}
"""What the configuration of every run has, and what is read of it."""


def write_checkpoint(checkpoint: dict[str, Any], path: Path, before: Path | None = None) -> None:
    """Writes a checkpoint with its hash atomically. The file that was at `path` is kept at `before`, if that is
    given."""
    buffer = BytesIO()
    torch.save(checkpoint, buffer)
    with replacing(path) as file:
        file.write(sealed(buffer.getvalue()))
        if before is not None and path.exists():
            keep_as(path, before)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Returns what a training run saved, or the weights of a saved model with what is known of them, without unpickling
    objects. Raises GanLabError for any other or damaged file."""
    saved = read_saved(path) if path.name == WEIGHTS else read_archive(path)
    refuse_strange(saved, PARTS, f"{path} is not a checkpoint of gan_lab")
    refuse_strange(saved["config"], SETTINGS, f"the configuration in {path} is incomplete")
    refuse_no_counts(saved["counters"], path)
    return saved


def read_archive(path: Path) -> Any:
    """Returns the content of a .ckpt file. Raises GanLabError where it is damaged."""
    damaged = GanLabError(f"{path} is damaged or not a checkpoint of gan_lab")
    try:
        if not intact(path):
            raise damaged
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise damaged from error


def refuse_no_counts(counters: dict[Any, Any], path: Path) -> None:
    """Raises GanLabError where a counter of a checkpoint counts nothing."""
    for name, value in counters.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LARGEST:
            raise GanLabError(f"the counter {name!r} in {path} is {value!r}, which counts nothing: it is damaged")
    if not isinstance(counters.get("generator_steps"), int):
        raise GanLabError(f"the counters in {path} are incomplete: they lack generator_steps")


def refuse_strange(found: Any, wanted: Mapping[str, type], sentence: str) -> None:
    """Raises GanLabError, with this beginning, where something is no mapping with the wanted keys and types."""
    for key, kind in wanted.items():
        if not isinstance(found, dict) or not isinstance(found.get(key), kind):
            raise GanLabError(f"{sentence}: it lacks its {key}")


def to_resume(folder: RunFolder, checkpoint: Path) -> tuple[Path, dict[str, Any]]:
    """Returns the checkpoint with which a run goes on, and its content.

    This is the given one, or, where the last one is damaged or another run's, the one before, which is said; the
    former is renamed to damaged.ckpt. Raises GanLabError where neither can be used.
    """
    last, before = folder.checkpoint("last"), folder.checkpoint("previous")
    try:
        return checkpoint, own_checkpoint(folder, checkpoint)
    except GanLabError as error:
        if checkpoint != last or not before.is_file():
            raise
        try:
            saved = own_checkpoint(folder, before)
        except GanLabError as other:
            raise GanLabError(f"{error}; {other}: no checkpoint is left to go on from") from other
        if first():
            move(last, last.with_name("damaged.ckpt"))
            step = saved["counters"]["generator_steps"]
            print(f"{error}: the run goes on from the checkpoint before it, of generator step {step}")
        return before, saved


def own_checkpoint(folder: RunFolder, path: Path) -> dict[str, Any]:
    """Returns the content of a checkpoint of this run. Raises GanLabError for a damaged one and for another run's."""
    saved = read_checkpoint(path)
    if others := other_settings(saved["config"], folder.read_config(), LENGTHS):
        raise GanLabError(f"{path} is the checkpoint of another run ({others[0]})")
    return saved
