"""python -m gan_lab.explain: shows why the Jensen-Shannon divergence is hard to minimise and how WGAN solves this.

Imports torch only to do so.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hydra
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import (
    check_jobs,
    heavy_imports,
    no_empty_folder,
    overrides_as_typed,
    plain_errors,
    run_command,
)
from gan_lab.config.plain_values import plain
from gan_lab.domains import FolderPath, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.runs.measured_again import refuse_other_settings
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab.explain", "explain")
RECORD = "explanation.json"
SECTIONS = ("js_and_emd", "classifier", "gradients", "lipschitz", "dynamics", "leaks")


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="explain")
def run(config: DictConfig) -> None:
    given = overrides_as_typed()
    with plain_errors(), no_empty_folder(config.run_dir):
        check(config, given)
        refuse_other_settings(Path(config.run_dir), RECORD, given)
        values: Any = OmegaConf.to_container(config, resolve=True)
        with heavy_imports():
            from gan_lab.explain.run import explain

        _, sentences = explain(values, given)
        print("\n".join(sentences))


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    chosen = plain(config.figures)
    if not isinstance(chosen, list) or not chosen or any(name not in SECTIONS for name in chosen):
        raise GanLabError(f"figures is {chosen!r} and must be a list of one or more of {', '.join(SECTIONS)}")
    if len({*chosen}) < len(chosen):
        raise GanLabError(f"figures={chosen} names one of them twice")
    for name in chosen:
        if not isinstance(config[name], DictConfig):
            raise GanLabError(f"{name} is {config[name]!r} and must keep its options: figures=[...] chooses sections")
    used = {"figures": tuple[str, ...], "seed": int, "threads": PositiveInt, "run_dir": FolderPath, "overwrite": bool}
    check_composed(config, overrides, used | dict.fromkeys(chosen, Any))


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Draws the explanations that the command line asks for."""
    run_command(start, COMMAND)


if __name__ == "__main__":
    main()
