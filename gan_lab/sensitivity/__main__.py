"""python -m gan_lab.sensitivity: shows how measures depend on k, the number of samples and the extractor.

Imports torch only to do so.
"""

from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.cli.command import heavy_imports, plain_errors, run_command
from gan_lab.cli.conf_dir import CONF_DIR
from gan_lab.cli.dataset import on_its_dataset

USED = (
    *("checkpoint", "which", "ks", "sizes", "split", "seed", "device", "run_dir"),
    *("data", "metric", "extractors", "sampler"),
)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="sensitivity")
def run(config: DictConfig) -> None:
    with heavy_imports():
        from gan_lab.sensitivity.run import sensitivity

    hydra_config = HydraConfig.get()
    with plain_errors():
        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
        overrides = [*hydra_config.overrides.task]
        sensitivity(plain, "python -m gan_lab.sensitivity", overrides, hydra_config.runtime.choices["data"])


def main() -> None:
    """Runs the study that the command line asks for, on the data of the checkpoint unless others are given."""
    run_command(on_its_dataset(run))


if __name__ == "__main__":
    main()
