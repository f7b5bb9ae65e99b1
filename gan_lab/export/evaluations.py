"""Finds what `python -m gan_lab.evaluate` measured of exactly one checkpoint. Imports no torch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError, UnreadableFileError
from gan_lab.runs.run_folder import EVALUATION, RunFolder
from gan_lab.trust.foreign import read_json
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import finite_numbers, mapping, tamed

Record = dict[str, Any]


def evaluations_of(checkpoint: Path, stated: Mapping[str, Any], given: str | None) -> list[Record]:
    """Returns the records of this checkpoint, whose hash and step are `stated`: the `given` one, or those in its run
    folder and in the folders there.

    Raises GanLabError for a given record that is none, or of another checkpoint.
    """
    if given is None:
        folder = RunFolder.around(checkpoint).path
        paths = [folder / EVALUATION, *sorted(folder.glob(f"*/{EVALUATION}"))]
        return [record for path in paths if (record := readable(path)) is not None and is_of(record, stated)]
    path = expanded(given)
    path = path / EVALUATION if path.is_dir() else path
    record = readable(path)
    if record is None:
        raise GanLabError(f"evaluation={given} is no record of python -m gan_lab.evaluate")
    if not is_of(record, stated):
        raise GanLabError(
            f"evaluation={given} is of another checkpoint: it measured generator step "
            f"{record['subject'].get('generator_steps')} with the sha256 {str(record['subject'].get('sha256'))[:12]}, "
            f"and this one is step {stated['generator_steps']} with {str(stated['sha256'])[:12]}"
        )
    return [record]


def readable(path: Path) -> Record | None:
    """Returns a record with its parts, which anybody may have written; None where the file has no measures."""
    try:
        found = tamed(read_json(path))
    except UnreadableFileError:
        return None
    parts = {key: mapping(found.get(key)) for key in ("subject", "measures", "protocol")}
    return {**found, **parts} if finite_numbers(parts["measures"].get("generated")) else None


def is_of(record: Record, stated: Mapping[str, Any]) -> bool:
    """Returns whether a record is of the checkpoint with this hash and step."""
    return all(record["subject"].get(key) == stated[key] for key in ("sha256", "generator_steps"))
