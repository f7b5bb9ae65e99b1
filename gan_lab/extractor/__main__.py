"""python -m gan_lab.extractor: trains a feature extractor for metrics. Imports torch only to do so."""

import shlex
import sys
from typing import Any

import hydra
from omegaconf import DictConfig, OmegaConf

from gan_lab.checks.composed import check_composed
from gan_lab.cli.arguments import Command
from gan_lab.cli.command import heavy_imports, overrides_as_typed, plain_errors, run_command
from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.domains import Positive, PositiveInt, Probability

USED: dict[str, Any] = {
    **{"name": str, "folder": str, "seed": int, "epochs": PositiveInt | None, "batch_size": PositiveInt},
    **{"lr": Positive, "threads": PositiveInt, "least_accuracy": Probability, "data": Any},
}
"""The parts of the configuration in use: data also name a metric, and data of points set networks."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="extractor")
def run(config: DictConfig) -> None:
    plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
    command = ["python", "-m", "gan_lab.extractor", *overrides_as_typed()]
    with plain_errors():
        check_composed(config, overrides_as_typed(), USED)
        with heavy_imports():
            from gan_lab.extractor.run import overrides, train_extractor, warning

        report = train_extractor(plain, shlex.join(command))
        if sentence := warning(plain, report):
            print(f"gan_lab: warning: {sentence}", file=sys.stderr)
        print(f"accuracy on test images: {report['accuracy']['test']:.4f}; use {plain['name']} as metric with:")
        print(overrides(plain))


def main() -> None:
    """Trains the extractor that the command line asks for."""
    run_command(run, Command("gan_lab.extractor", "extractor"))


if __name__ == "__main__":
    main()
