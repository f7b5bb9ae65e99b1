"""A sweep's folder: named after its command, so that the same command finds it again."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import write_json
from gan_lab.trust.foreign import read_json
from gan_lab.trust.lenient import mapping

RECORD = "sweep.json"
"""Jobs and command of a sweep, in its folder."""
JOURNAL = "study.journal"
"""A search's own record in its folder."""


def name_of(arguments: Sequence[str]) -> str:
    """Returns the name of a sweep: x for `experiment=x` alone, otherwise what is swept and eight digits of a hash.

    The order of the arguments and Hydra's own arguments do not affect it, so a sweep can continue with another
    launcher.
    """
    keys = dict(argument.lstrip("+~").partition("=")[::2] for argument in sorted(arguments))
    if keys.keys() == {"experiment"}:
        return keys["experiment"]
    swept = [
        key.rpartition(".")[2] for key, value in keys.items() if re.search(r",|\b(interval|range|choice)\(", value)
    ]
    words = [*([keys["experiment"]] if "experiment" in keys else []), *swept]
    digits = hashlib.blake2b("\n".join(sorted(arguments)).encode(), digest_size=4).hexdigest()
    readable = re.sub(r"[^\w-]+", "_", "_".join(words) or "sweep")[:80]
    return f"{readable}-{digits}"


class Jobs:
    """The jobs of a sweep by number, recorded in sweep.json; jobs with the same overrides are the same job."""

    def __init__(self, folder: Path, kind: str, command: str) -> None:
        self.folder = folder
        self.record: dict[str, Any] = {"command": command, "kind": kind, "jobs": []}
        if is_sweep(folder):
            self.record["jobs"] = read_jobs(folder)
            self.record |= {"shared": shared} if (shared := read_shared(folder)) else {}

    def __len__(self) -> int:
        return len(self.record["jobs"])

    def share(self, study: str) -> str:
        """Makes this sweep a part of a search that several processes share, as the record says from then on, and
        returns the name of this part, which no other one has."""
        worker = self.record.get("shared", {}).get("worker") or secrets.token_hex(8)
        self.record["shared"] = {"study": study, "worker": worker}
        self.save()
        return worker

    def number_of(self, overrides: Sequence[str]) -> int | None:
        """Returns the number of the job with these overrides, None if there is none."""
        known = (sorted(job["overrides"]) for job in self.record["jobs"])
        return next((number for number, other in enumerate(known) if other == sorted(overrides)), None)

    def add(self, folder: str, overrides: Sequence[str]) -> int:
        """Adds a job and returns its number."""
        self.record["jobs"].append({"folder": folder, "overrides": [*overrides]})
        return len(self) - 1

    def folders(self, numbers: Iterable[int]) -> list[Path]:
        return [self.folder / self.record["jobs"][number]["folder"] for number in numbers]

    def save(self) -> None:
        write_json(self.folder / RECORD, self.record)


def read_jobs(folder: Path) -> list[dict[str, Any]]:
    """Returns the jobs in the sweep.json of a folder. Raises GanLabError where it is not the record of a sweep."""
    try:
        jobs = read_json(folder / RECORD)["jobs"]
        found: list[dict[str, Any]] = [
            {"folder": str(job["folder"]), "overrides": [*map(str, job["overrides"])]} for job in jobs
        ]
    except (GanLabError, KeyError, TypeError) as error:
        raise GanLabError(f"{folder / RECORD} is not the record of a sweep ({error})") from error
    for job in found:
        if Path(job["folder"]).name != job["folder"] or job["folder"] in ("", ".."):
            raise GanLabError(f"{folder / RECORD} names a folder outside of the sweep: {job['folder']!r}")
    return found


def read_command(folder: Path) -> str:
    """Returns the command of the sweep, empty where its record does not state it."""
    return str(read_json(folder / RECORD).get("command", ""))


def read_shared(folder: Path) -> dict[str, str]:
    """Returns the names of the `study` that this sweep has a part in, and of its `worker`; empty for any other
    sweep."""
    shared = mapping(read_json(folder / RECORD).get("shared"))
    return {name: str(shared[name]) for name in ("study", "worker")} if {"study", "worker"} <= shared.keys() else {}


def is_sweep(folder: Path) -> bool:
    """Returns whether the folder holds the record of a sweep."""
    return (folder / RECORD).is_file()
