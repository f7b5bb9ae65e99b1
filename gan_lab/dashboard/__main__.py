"""Creates a workspace and a report in a W&B project, with measures, samples, losses and the settings of a sweep; or
writes a sweep of W&B over the search space of a variant."""

import argparse
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from shlex import quote

import yaml

from gan_lab.config.resolvers import wandb_offline
from gan_lab.config.swept import swept_keys
from gan_lab.domains import PositiveInt, conform
from gan_lab.errors import GanLabError, of_the_system, said_in_a_sentence
from gan_lab.runs.atomic import write_json, write_text
from gan_lab.terminal.commands import from_here

NAME = r"[^\s/\\#?%:][^/\\#?%:]{0,127}"
"""What W&B takes as the name of a project, a user or a team."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Saves the workspace and the report that the command line asks for, or writes a sweep. Imports no torch."""
    options = parser().parse_intermixed_args(arguments)
    with said_in_a_sentence():
        refuse_wrong_names(options.project, options.entity)
        if options.sweep:
            write_sweep(options)
            return
        if len(options.words) > 1:
            raise GanLabError("one folder of a sweep is shown at a time; settings of a variant are for --sweep FILE")
        sweep = Path(options.words[0]) if options.words else None
        keys = swept_keys(sweep) if sweep else []
        make(sweep, keys, options.project, options.entity, options.points, options.dry_run, options.overwrite)


def parser() -> argparse.ArgumentParser:
    """Returns what reads the command line."""
    found = argparse.ArgumentParser(prog="python -m gan_lab.dashboard", description=__doc__, allow_abbrev=False)
    found.add_argument(
        "words",
        nargs="*",
        metavar="FOLDER or KEY=VALUE",
        help="folder of a sweep, outputs/multirun/NAME: show only its runs, grouped by the settings that it varies; "
        "with --sweep: what its runs have in common, model=wgan_gp data=mnist epochs=5, and ranges to search",
    )
    found.add_argument(
        "--project", default="gan_lab", help="the W&B project, as in loggers.wandb.project (default: gan_lab)"
    )
    found.add_argument("--entity", help="the W&B user or team (default: your own)")
    found.add_argument("--points", action="store_true", help="show measures of points in the plane instead of images")
    files = found.add_mutually_exclusive_group()
    files.add_argument(
        "--dry-run", type=Path, metavar="FILE", help="write the definitions to a JSON file, without a W&B account"
    )
    files.add_argument(
        "--sweep", type=Path, metavar="FILE", help="write a sweep of W&B to a YAML file, without a W&B account"
    )
    found.add_argument("--runs", type=int, default=30, help="with --sweep: runs in all (default: 30)")
    found.add_argument(
        "--hyperband",
        type=int,
        metavar="N",
        help="with --sweep: stop runs that are behind, by Hyperband, after N evaluations or later",
    )
    found.add_argument("--overwrite", action="store_true", help="replace FILE if it exists")
    return found


def refuse_wrong_names(project: str, entity: str | None) -> None:
    """Raises GanLabError for what W&B would not take."""
    for option, name in (("--project", project), ("--entity", entity)):
        if name is not None and not re.fullmatch(NAME, name):
            raise GanLabError(f"{option} is {name!r} and must be a name of W&B, 1 to 128 characters without /\\#?%:")


def refuse_existing(file: Path, overwrite: bool) -> None:
    """Raises GanLabError where a file is there that may not be replaced."""
    if file.exists() and not overwrite:
        raise GanLabError(f"{from_here(file)} exists: choose another file, or allow it with --overwrite")


def write_sweep(options: argparse.Namespace) -> None:
    """Writes a sweep of W&B, and prints what starts it. Raises GanLabError where that fails."""
    file: Path = options.sweep
    refuse_existing(file, options.overwrite)
    from gan_lab.dashboard.wandb_sweep import wandb_sweep  # with Optuna, a slow import

    runs, hyperband = (
        conform(value, hint, name)
        for name, value, hint in (
            ("--runs", options.runs, PositiveInt),
            ("--hyperband", options.hyperband, PositiveInt | None),
        )
    )
    found = wandb_sweep(options.words, project=options.project, entity=options.entity, runs=runs, hyperband=hyperband)
    try:
        write_text(file, yaml.safe_dump(found, sort_keys=False, width=1000))
    except OSError as error:
        raise of_the_system(error) from error
    print(f"sweep: {from_here(file)}")
    print(f"next: wandb sweep {quote(str(file))}, and on each machine the command that it prints")


def make(
    sweep: Path | None,
    keys: Sequence[str],
    project: str,
    entity: str | None,
    points: bool,
    dry_run: Path | None,
    overwrite: bool,
) -> None:
    """Saves workspace and report in W&B, or writes them to a file. Raises GanLabError where that fails."""
    if dry_run:
        refuse_existing(dry_run, overwrite)
    elif wandb_offline():
        raise GanLabError("there is no W&B key on this machine: run `wandb login`, or set WANDB_API_KEY")
    if find_spec("wandb_workspaces") is None:
        raise GanLabError("wandb-workspaces is not installed: pip install '.[dashboard]' in the folder of the source")
    import wandb

    from gan_lab.dashboard.panels import sections
    from gan_lab.dashboard.views import definition, report, workspace

    try:
        entity = entity or ("" if dry_run else str(wandb.Api().default_entity))
        name = sweep.absolute().name if sweep else None
        panels = sections(points=points, swept=keys, groupby="setting" if keys else "variant")
        view = workspace(entity=entity, project=project, sweep=name, panels=panels)
        page = report(entity=entity, project=project, sweep=name, panels=panels)
        if dry_run:
            write_json(dry_run, {"workspace": definition(view), "report": definition(page)})
        else:
            print(f"workspace: {view.save().url}\nreport: {page.save().url}")
    except (wandb.Error, ValueError, OSError) as error:
        where = dry_run or f"project {project} of {entity or 'your account'}"
        raise GanLabError(f"{where}: {' '.join(str(error).split())}") from error


if __name__ == "__main__":
    main()
