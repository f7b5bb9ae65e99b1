"""Creates a workspace and a report in a W&B project, with measures, samples, losses and the settings of a sweep."""

import argparse
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from gan_lab.config.resolvers import wandb_offline
from gan_lab.config.swept import swept_keys
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import write_json

NAME = r"[^\s/\\#?%:][^/\\#?%:]{0,127}"
"""What W&B takes as the name of a project, a user or a team."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Saves the workspace and the report that the command line asks for. Imports no torch."""
    parser = argparse.ArgumentParser(prog="python -m gan_lab.dashboard", description=__doc__)
    parser.add_argument(
        "sweep",
        nargs="?",
        type=Path,
        help="folder of a sweep, outputs/multirun/NAME: show only its runs, grouped by the settings that it varies",
    )
    parser.add_argument(
        "--project", default="gan_lab", help="the W&B project, as in loggers.wandb.project (default: gan_lab)"
    )
    parser.add_argument("--entity", help="the W&B user or team (default: your own)")
    parser.add_argument("--points", action="store_true", help="show measures of points in the plane instead of images")
    parser.add_argument(
        "--dry-run", type=Path, metavar="FILE", help="write the definitions to a JSON file, without a W&B account"
    )
    try:
        make(**vars(parser.parse_args(arguments)))
    except GanLabError as error:
        sys.exit(f"gan_lab: {error}")


def make(*, sweep: Path | None, project: str, entity: str | None, points: bool, dry_run: Path | None) -> None:
    """Saves both in W&B, or writes them to a file. Raises GanLabError where that fails."""
    for option, name in (("--project", project), ("--entity", entity)):
        if name is not None and not re.fullmatch(NAME, name):
            raise GanLabError(f"{option} is {name!r} and must be a name of W&B, 1 to 128 characters without /\\#?%:")
    keys = swept_keys(sweep) if sweep else []
    if not dry_run and wandb_offline():
        raise GanLabError("there is no W&B key on this machine: run `wandb login`, or set WANDB_API_KEY")
    if find_spec("wandb_workspaces") is None:
        raise GanLabError("wandb-workspaces is not installed: pip install 'gan_lab[dashboard]'")
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
