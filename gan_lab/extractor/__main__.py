"""python -m gan_lab.extractor: trains a feature extractor for metrics. Imports torch only to do so."""

import shlex
import sys
from collections.abc import Sequence
from typing import Any

import hydra
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.checks.opened import check_data
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import check_jobs, heavy_imports, overrides_as_typed, plain_errors, run_command
from gan_lab.domains import FolderPath, Positive, PositiveInt, Probability
from gan_lab.errors import GanLabError
from gan_lab.extractor.weights_file import refuse_data, weights_path
from gan_lab.trust.targets import CONF_DIR

USED: dict[str, Any] = {
    **{"name": str, "folder": FolderPath, "seed": int, "epochs": PositiveInt | None, "batch_size": PositiveInt},
    **{"lr": Positive, "threads": PositiveInt, "least_accuracy": Probability, "data": Any},
    "beside": list[str],
}
"""The parts of the configuration in use: data also name a metric, and data of points set networks."""


COMMAND = Command("gan_lab.extractor", "extractor")


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="extractor")
def run(config: DictConfig) -> None:
    given = overrides_as_typed()
    with plain_errors():
        check(config, given)
        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        with heavy_imports():
            from gan_lab.extractor.run import learnt, overrides, train_extractor, untested, warning

        report = train_extractor(plain, shlex.join(["python", "-m", "gan_lab.extractor", *given]))
        if sentence := warning(plain, report):
            print(f"gan_lab: warning: {sentence}", file=sys.stderr)
        if sentence := untested(report):
            print(sentence)
        print(f"{learnt(report)}; use {plain['name']} as metric with:")
        print(overrides(plain))


def check(config: DictConfig, overrides: Sequence[str]) -> None:
    """Raises GanLabError for a configuration that cannot be right."""
    check_composed(config, overrides, USED)
    shape = check_data(config, overrides)
    refuse_data(shape, config.data.num_classes)
    if config.data.num_classes == 0 and any(given.startswith("least_accuracy=") for given in overrides):
        raise GanLabError("least_accuracy does nothing here: without labels an extractor is no classifier")
    weights_path({"name": config.name, "folder": config.folder})


def start() -> None:
    """Checks all jobs of a multirun, and starts Hydra."""
    check_jobs(COMMAND, check)
    run()


def main() -> None:
    """Trains the extractor that the command line asks for."""
    run_command(start, COMMAND)


if __name__ == "__main__":
    main()
