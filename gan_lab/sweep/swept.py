"""What a sweep varies, as columns beside its runs. Imports no torch."""

from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser

from gan_lab.sweep.jobs import is_sweep, read_command, read_jobs

Value = int | float | bool | str


def sweep_name(run_dir: str, alone: str) -> str:
    """The name of the sweep that a run folder is a job of, or the second one for a run on its own."""
    folder = Path(run_dir).absolute().parent
    return folder.name if is_sweep(folder) else alone


def swept_values(run_dir: Path) -> dict[str, Value]:
    """What the sweep chose for this run: {"model": "wgan_gp", "model/n_critic": 3}; empty for a run on its own.

    Slashes in the place of dots, which mean deeper nesting wherever columns are asked for by name.
    """
    if not is_sweep(run_dir.parent):
        return {}
    jobs = chosen(run_dir.parent)
    return jobs.get(run_dir.name, {})


def swept_keys(sweep: Path) -> list[str]:
    """The names of all columns that the jobs of a sweep have. Raises GanLabError where it is no sweep's folder."""
    return list(dict.fromkeys(key for values in chosen(sweep).values() for key in values))


def chosen(sweep: Path) -> dict[str, dict[str, Value]]:
    """The values of each job by its folder: those that are not the command's own words.

    Not those that differ between the jobs: a search does not know its later ones yet.
    """
    jobs, command = read_jobs(sweep), read_command(sweep)
    return {
        job["folder"]: dict(column(text) for text in job["overrides"] if f" {text} " not in f" {command} ")
        for job in jobs
    }


def column(text: str) -> tuple[str, Value]:
    """An override's name and value: numbers as numbers, lists as text."""
    override = OverridesParser.create().parse_override(text)
    value = override.value()
    name = override.key_or_group.replace(".", "/")
    return name, value if isinstance(value, Value) else override.get_value_element_as_str()
