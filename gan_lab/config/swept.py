"""The settings that a sweep varies, as columns for its runs. Imports no torch."""

import shlex
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from gan_lab.errors import GanLabError
from gan_lab.runs.jobs import is_sweep, read_command, read_jobs

Value = int | float | bool | str


def sweep_name(run_dir: str, alone: str) -> str:
    """Returns the name of the sweep that a run folder belongs to, or `alone` for a single run."""
    folder = Path(run_dir).absolute().parent
    return folder.name if is_sweep(folder) else alone


def swept_values(run_dir: Path) -> dict[str, Value]:
    """Returns the settings that the sweep chose for this run: {"model": "wgan_gp", "model/n_critic": 3}.

    The result is empty for a single run. Slashes replace dots, which mean nesting wherever columns have names.
    """
    if not is_sweep(run_dir.parent):
        return {}
    jobs = chosen(run_dir.parent)
    return jobs.get(run_dir.name, {})


def swept_keys(sweep: Path) -> list[str]:
    """Returns the names of all columns of a sweep's jobs. Raises GanLabError where the folder holds no sweep."""
    return list(dict.fromkeys(key for values in chosen(sweep).values() for key in values))


def chosen(sweep: Path) -> dict[str, dict[str, Value]]:
    """Returns the settings of each job by folder: the overrides that are not part of the sweep's command.

    Comparing the jobs would not do, because a search does not know its later jobs yet.
    """
    jobs, command = read_jobs(sweep), f" {read_command(sweep)} "
    return {job["folder"]: dict(column(text) for text in job["overrides"] if not states(command, text)) for job in jobs}


def states(command: str, override: str) -> bool:
    """Returns whether a command that begins and ends with a space has this override, in a shell's quotes or, as older
    records, without them."""
    return any(f" {word} " in command for word in (override, shlex.quote(override)))


def column(text: str) -> tuple[str, Value]:
    """Returns the name and value of an override: numbers as numbers, lists as text."""
    try:
        override = OverridesParser.create().parse_override(text)
    except (HydraException, RecursionError) as error:
        raise GanLabError(f"the record of this sweep has a job with {text[:80]!r}, which is no setting") from error
    value = override.value()
    name = override.key_or_group.replace(".", "/")
    return name, value if isinstance(value, Value) else override.get_value_element_as_str()
