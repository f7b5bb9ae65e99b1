"""python -m gan_lab.sample: draws samples from a trained model and saves them. Imports torch only to do so."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.measured import Trained
from gan_lab.checks.opened import check_data, check_model
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
from gan_lab.domains import Device, FolderPath, NonNegativeInt, at_least
from gan_lab.errors import GanLabError
from gan_lab.runs.atomic import refuse_taken
from gan_lab.trust.home import expanded
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab.sample", "sample", path="checkpoint")
TRAJECTORIES: dict[str, Any] = {
    "trajectory_rows": Annotated[int, at_least(1, most=1000)],
    "trajectory_steps": Annotated[int, at_least(2, most=1000)],
}
USED: dict[str, Any] = {
    **{"checkpoint": str | None, "which": Literal["best", "last"], "device": Device | None, "out": FolderPath},
    **{
        "n": Annotated[int, at_least(1, most=10_000_000)],
        "seed": int,
        "label": NonNegativeInt | None,
        "component": NonNegativeInt | None,
    },
    **{"format": Literal["png", "npz"], "trajectory": Literal["interpolation", "traversal"] | None},
    **{"data": Any, "sampler": Any},
    **TRAJECTORIES,
}
"""The parts of the configuration in use: data of points also set networks and metrics, which are not needed here."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="sample")
def run(config: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(hydra_config.runtime.output_dir):
        check_command(config, overrides_as_typed())
        with heavy_imports():
            from gan_lab.sample.run import sample

        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        sample(plain, overrides_as_typed(), hydra_config.runtime.choices["data"])


def check_command(config: DictConfig, overrides: Sequence[str]) -> None:
    """Does what `check` does. Raises GanLabError also where there is no folder to write to."""
    check(config, overrides)
    refuse_taken(expanded(config.out))


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    if config.checkpoint is None:
        raise GanLabError("sample needs checkpoint=PATH, a run folder or a .ckpt file")
    unused = TRAJECTORIES if config.trajectory is None else {}
    used = {key: hint for key, hint in USED.items() if key not in unused}
    check_composed(config, overrides, used)
    shape = check_data(config, overrides)
    if config.trajectory == "interpolation" and config.n <= config.trajectory_rows:
        raise GanLabError(
            f"an interpolation of trajectory_rows={config.trajectory_rows} goes through {config.trajectory_rows + 1} "
            f"samples: n={config.n} is too small"
        )
    if config.format == "png" and len(shape) != 3:
        raise GanLabError("format=png is for images, but this model generates points: set format=npz")
    if (trained := check_model(config, shape)) is not None:
        check_component(config, trained)


def check_component(config: DictConfig, trained: Trained) -> None:
    """Raises GanLabError for a class or a component that the model does not have, and for more rows than codes have
    coordinates."""
    if config.label is not None and config.component is not None:
        raise GanLabError(
            f"label={config.label} and component={config.component} both choose what is generated: set one of them"
        )
    for key, count in (("label", trained.loss_classes), ("component", trained.components)):
        value = config[key]
        if value is not None and value >= count:
            allowed = f"must be one of 0 to {count - 1}" if count else "cannot be used"
            kind = "classes" if key == "label" else "components"
            raise GanLabError(f"{key}={value} {allowed}, since this model has {count or 'no'} {kind}")
    if config.trajectory == "traversal" and config.trajectory_rows > trained.model["prior"]["dim"]:
        raise GanLabError(
            f"a traversal changes one coordinate in each row, and codes have {trained.model['prior']['dim']} of them: "
            f"trajectory_rows={config.trajectory_rows} is too large"
        )


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Draws samples as the command line asks, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(start), COMMAND)


if __name__ == "__main__":
    main()
