"""python -m gan_lab.sensitivity: shows how measures depend on k, the number of samples and the extractor.

Imports torch only to do so.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.data_set import choice_of
from gan_lab.checks.measured import refuse_extractor
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
from gan_lab.config.plain_values import plain
from gan_lab.domains import Device, FolderPath, PositiveInt, at_least
from gan_lab.errors import GanLabError
from gan_lab.runs.measured_again import refuse_other_settings
from gan_lab.trust.targets import CONF_DIR

COMMAND = Command("gan_lab.sensitivity", "sensitivity", path="checkpoint")
OWN: dict[str, Any] = {
    **{
        "checkpoint": str | None,
        "which": Literal["best", "last"],
        "device": Device | None,
        "run_dir": FolderPath,
        "overwrite": bool,
    },
    **{"ks": tuple[PositiveInt, ...], "sizes": tuple[Annotated[int, at_least(2)], ...]},
    **{"split": Literal["validation", "test"], "seed": int},
}
USED = (*OWN, "data", "metric", "extractors", "sampler")
RECORD = "sensitivity.json"
COUNTS: dict[str, Any] = {"metric.extractor": Any, "metric.batch_size": PositiveInt, "metric.cache_dir": FolderPath}
"""What is used of a metric: the rest of it is measured by `evaluate`."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="sensitivity")
def run(config: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(config.run_dir):
        check(config, overrides_as_typed())
        refuse_other_settings(Path(config.run_dir), RECORD, overrides_as_typed())
        with heavy_imports():
            from gan_lab.sensitivity.run import sensitivity

        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        overrides = overrides_as_typed()
        sensitivity(plain, "python -m gan_lab.sensitivity", overrides, hydra_config.runtime.choices["data"])


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    if config.checkpoint is None:
        raise GanLabError("sensitivity needs checkpoint=PATH, a run folder or a .ckpt file")
    used = {**OWN, **dict.fromkeys(("data", "extractors", "sampler"), Any)}
    used |= COUNTS if "extractor" in config.metric else {"metric": Any}
    check_composed(config, overrides, used)
    shape, dataset = check_data(config, overrides), choice_of("data", config)
    if len(shape) != 3:
        raise GanLabError(f"sensitivity is for images, not for points: data={dataset} has no extractors to compare")
    if not config.ks or len({*config.sizes}) < 2:
        raise GanLabError(
            f"ks={config.ks} must be one number or more, and sizes={config.sizes} 2 different ones or more"
        )
    if max(config.ks) >= min(config.sizes):
        raise GanLabError(
            f"ks={config.ks} must be below {min(config.sizes)}, the smallest of sizes: a sample has no more neighbours"
        )
    check_model(config, shape)
    plain_metrics: dict[str, Any] = {"metric": plain(config.metric)}
    extractors: Any = plain(config.extractors)
    if not isinstance(extractors, dict):
        raise GanLabError(f"extractors is {extractors!r} and must have an entry for each: +metric@extractors.NAME=NAME")
    for path, metric in (plain_metrics | {f"extractors.{key}": one for key, one in extractors.items()}).items():
        extractor = metric.get("extractor") if isinstance(metric, dict) else None
        if not isinstance(extractor, dict) or "_target_" not in extractor:
            raise GanLabError(f"{path} must be a metric with an extractor, such as mnistcnn, random and pixels")
        refuse_extractor(extractor, shape, path, dataset)


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Runs the study that the command line asks for, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(start), COMMAND)


if __name__ == "__main__":
    main()
