"""python -m gan_lab.explain: shows why the Jensen-Shannon divergence is hard to minimise and how WGAN solves this.

Imports torch only to do so.
"""

from typing import Any

import hydra
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.effect import plain
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import heavy_imports, no_empty_folder, overrides_as_typed, plain_errors, run_command
from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.domains import PositiveInt
from gan_lab.errors import GanLabError

SECTIONS = ("js_and_emd", "classifier", "gradients", "lipschitz")


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="explain")
def run(config: DictConfig) -> None:
    values: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    command = ["python -m gan_lab.explain", *overrides_as_typed()]
    with plain_errors(), no_empty_folder(config.run_dir):
        check(config)
        with heavy_imports():
            from gan_lab.explain.run import explain

        _, sentences = explain(values, " ".join(command))
        print("\n".join(sentences))


def check(config: DictConfig) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    chosen = plain(config.figures)
    if not isinstance(chosen, list) or not chosen or not {*chosen} <= {*SECTIONS}:
        raise GanLabError(f"figures is {chosen!r} and must be a list of one or more of {', '.join(SECTIONS)}")
    used = {"figures": tuple[str, ...], "seed": int, "threads": PositiveInt, "run_dir": str}
    check_composed(config, overrides_as_typed(), used | dict.fromkeys(chosen, Any))


def main() -> None:
    """Draws the explanations that the command line asks for."""
    run_command(run, Command("gan_lab.explain", "explain"))


if __name__ == "__main__":
    main()
