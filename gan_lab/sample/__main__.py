"""python -m gan_lab.sample: draws samples from a trained model and saves them. Imports torch only to do so."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import hydra
from hydra.core.hydra_config import HydraConfig
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
from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.cli.dataset import on_its_dataset
from gan_lab.domains import Device, NonNegativeInt, PositiveInt, at_least
from gan_lab.errors import GanLabError

COMMAND = Command("gan_lab.sample", "sample", path="checkpoint")
TRAJECTORIES: dict[str, Any] = {"trajectory_rows": PositiveInt, "trajectory_steps": Annotated[int, at_least(2)]}
USED: dict[str, Any] = {
    **{"checkpoint": str | None, "which": Literal["best", "last"], "device": Device | None, "out": str},
    **{"n": PositiveInt, "seed": int, "label": NonNegativeInt | None, "component": NonNegativeInt | None},
    **{"format": Literal["png", "npz"], "trajectory": Literal["interpolation", "traversal"] | None},
    **{"data": Any, "sampler": Any},
    **TRAJECTORIES,
}
"""The parts of the configuration in use: data of points also set networks and metrics, which are not needed here."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="sample")
def run(config: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(hydra_config.runtime.output_dir):
        check(config, overrides_as_typed())
        with heavy_imports():
            from gan_lab.sample.run import sample

        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        sample(plain, overrides_as_typed(), hydra_config.runtime.choices["data"])


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    if config.checkpoint is None:
        raise GanLabError("sample needs checkpoint=PATH, a run folder or a .ckpt file")
    unused = TRAJECTORIES if config.trajectory is None else {}
    used = {key: hint for key, hint in USED.items() if key not in unused}
    check_composed(config, overrides, used)


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Draws samples as the command line asks, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(start), COMMAND)


if __name__ == "__main__":
    main()
