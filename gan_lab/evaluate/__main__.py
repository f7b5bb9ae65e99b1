"""python -m gan_lab.evaluate: measures a trained model or a set of image files. Imports torch only to do so."""

from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.cli.command import heavy_imports, no_empty_folder, plain_errors, run_command
from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.cli.dataset import on_its_dataset

USED = ("checkpoint", "images", "which", "n", "seed", "repeats", "device", "run_dir", "data", "metric", "sampler")
"""The parts of the configuration in use: data of points also set networks and pictures, which are not needed here."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="evaluate")
def run(config: DictConfig) -> float | None:
    with heavy_imports():
        from gan_lab.evaluate.run import evaluate

    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(config.run_dir):
        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        return evaluate(plain, [*hydra_config.overrides.task], hydra_config.runtime.choices["data"])
    return None


def main() -> None:
    """Evaluates as the command line asks, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(run))


if __name__ == "__main__":
    main()
