"""python -m gan_lab.evaluate: measures a trained model or a set of image files. Imports torch only to do so."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.data_set import choice_of
from gan_lab.checks.measured import refuse_added
from gan_lab.checks.opened import check_data, check_measured
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import (
    check_jobs,
    heavy_imports,
    no_empty_folder,
    overrides_as_typed,
    plain_errors,
    run_command,
)
from gan_lab.cli.dataset import on_its_dataset
from gan_lab.domains import Device, FolderPath, PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.runs.measured_again import refuse_other_settings
from gan_lab.runs.run_folder import EVALUATION
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab.evaluate", "evaluate", path="checkpoint")
USED: dict[str, Any] = {
    **{"checkpoint": str | None, "images": str | None, "which": Literal["best", "last"], "device": Device | None},
    "links": bool,
    **{
        "n": PositiveInt,
        "seed": int,
        "repeats": PositiveInt,
        "recalibrate": bool,
        "run_dir": FolderPath,
        "overwrite": bool,
        "data": Any,
        "metric": Any,
        "sampler": Any,
    },
}
"""The parts of the configuration in use: data of points also set networks and pictures, which are not needed here."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="evaluate")
def run(config: DictConfig) -> float | None:
    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(config.run_dir):
        check(config, overrides_as_typed())
        refuse_other_settings(Path(config.run_dir), EVALUATION, overrides_as_typed())
        with heavy_imports():
            from gan_lab.evaluate.run import evaluate

        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        return evaluate(plain, overrides_as_typed(), hydra_config.runtime.choices["data"])
    return None


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    if (config.checkpoint is None) == (config.images is None):
        raise GanLabError(
            "evaluate needs either checkpoint=PATH (a run folder or a .ckpt file) or images=PATH, one of them"
        )
    refuse_added(config.metric, choice_of("metric", config))
    idle = ("links",) if config.images is None else ("sampler", "which", "recalibrate")
    check_composed(config, overrides, {key: hint for key, hint in USED.items() if key not in idle}, idle=idle)
    if config.images is not None and config.repeats > 1:
        raise GanLabError(f"repeats={config.repeats} does nothing for images=, which have no seed to vary")
    shape = check_data(config, overrides)
    if config.images is not None and len(shape) != 3:
        raise GanLabError(
            f"images= needs data of images, and data={choice_of('data', config)} has points: set data= to images"
        )
    check_measured(config, shape)


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Evaluates as the command line asks, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(start), COMMAND)


if __name__ == "__main__":
    main()
