"""python -m gan_lab.sample: draws samples from a trained model and saves them. Imports torch only to do so."""

from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.cli.command import heavy_imports, no_empty_folder, plain_errors, run_command
from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.cli.dataset import on_its_dataset

USED = (
    *("checkpoint", "which", "n", "seed", "device", "format", "out", "label", "component"),
    *("trajectory", "trajectory_rows", "trajectory_steps", "data", "sampler"),
)
"""The parts of the configuration in use: data of points also set networks and metrics, which are not needed here."""


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="sample")
def run(config: DictConfig) -> None:
    with heavy_imports():
        from gan_lab.sample.run import sample

    hydra_config = HydraConfig.get()
    with plain_errors(), no_empty_folder(hydra_config.runtime.output_dir):
        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        sample(plain, [*hydra_config.overrides.task], hydra_config.runtime.choices["data"])


def main() -> None:
    """Draws samples as the command line asks, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(run))


if __name__ == "__main__":
    main()
