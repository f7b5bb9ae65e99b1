"""python -m gan_lab.invert: finds the codes from which a trained model makes images. Imports torch only to do so."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.data_set import choice_of
from gan_lab.checks.effect import given
from gan_lab.checks.opened import check_data, model_at
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
from gan_lab.domains import Device, FolderPath, PositiveInt, at_least
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import refuse_taken
from gan_lab.trust.home import expanded
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab.invert", "invert", path="checkpoint")
USED: dict[str, Any] = {
    **{"checkpoint": str | None, "which": Literal["best", "last"], "device": Device | None, "out": FolderPath},
    **{"images": str | None, "links": bool, "n": PositiveInt | None, "seed": int},
    "interpolation_steps": Annotated[int, at_least(2, most=1000)] | None,
    **{"data": Any, "descent": Any},
}
"""The parts of the configuration in use: data of points also set networks and metrics, which are not needed here."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="invert")
def run(config: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(hydra_config.runtime.output_dir):
        check_command(config, overrides_as_typed())
        with heavy_imports():
            from gan_lab.invert.run import invert

        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        invert(plain, overrides_as_typed(), hydra_config.runtime.choices["data"])


def check_command(config: DictConfig, overrides: Sequence[str]) -> None:
    """Does what `check` does. Raises GanLabError also where there is no folder to write to."""
    check(config, overrides)
    refuse_taken(expanded(config.out))


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    if config.checkpoint is None:
        raise GanLabError("invert needs checkpoint=PATH, a run folder or a .ckpt file")
    idle = ("links",) if config.images is None else ()
    check_composed(config, overrides, {key: hint for key, hint in USED.items() if key not in idle}, idle=idle)
    shape = check_data(config, overrides)
    if len(shape) != 3:
        raise GanLabError(f"invert finds the codes of images, and data={choice_of('data', config)} has points")
    if config.interpolation_steps is not None and config.n == 1:
        raise GanLabError("interpolation_steps= needs two images or more: n=1 is too small")
    trained = model_at(config, shape)
    if trained is not None and trained.prior == "Uniform":
        refuse_weight(overrides)


def refuse_weight(overrides: Sequence[str]) -> None:
    """Raises GanLabError where the weight of the prior's term is given for a uniform prior, which has none."""
    if word := given(overrides).get("descent.weight"):
        raise GanLabError(
            f"{word} does nothing here: codes of this model's uniform prior are clipped to its cube instead"
        )


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Finds codes as the command line asks, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(start), COMMAND)


if __name__ == "__main__":
    main()
