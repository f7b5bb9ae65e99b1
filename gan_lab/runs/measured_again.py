"""Keeps a finished result from being overwritten by one with other settings. Imports no torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_lab.distributed.environment import one_of_many
from gan_lab.errors import GanLabError, UnreadableFileError
from gan_lab.runs.run_folder import CONFIG, METRICS
from gan_lab.trust.foreign import read_json
from gan_lab.trust.links import refuse_link_out, refuse_traps

ALLOWED = "overwrite=true"


def refuse_other_settings(folder: Path, record: str, overrides: Sequence[str]) -> None:
    """Raises GanLabError where a command would overwrite what it cannot make again.

    `record` is the file that the command leaves in its folder. What was made with the same `overrides` of the command
    line is made again; what was made with others, and the files of a training, are overwritten with `overwrite=true`
    among them only. Links that lead out of the folder are refused in any case.
    """
    if one_of_many():  # the user named the folder around it
        refuse_link_out(folder.parent, folder)
    refuse_traps(folder)
    if ALLOWED in overrides:
        return
    if (folder / CONFIG).is_file() or (folder / METRICS).is_file():
        raise GanLabError(
            f"the run in {folder} exists: choose another folder with hydra.run.dir=FOLDER, or allow it with {ALLOWED}"
        )
    if (folder / record).exists() and settings_of(folder / record) != settings(overrides):
        raise GanLabError(
            f"{folder / record} exists with other settings: choose another folder with hydra.run.dir=FOLDER, or allow "
            f"it with {ALLOWED}"
        )


def settings(overrides: Sequence[str]) -> list[str]:
    """Returns what a command line says of a result, in any order."""
    return sorted(word for word in overrides if not word.startswith("overwrite="))


def settings_of(record: Path) -> list[str] | None:
    """Returns the same of a record, None where it does not tell."""
    try:
        known: Any = read_json(record).get("overrides")
    except UnreadableFileError:
        return None
    return settings([str(word) for word in known]) if isinstance(known, list) else None
