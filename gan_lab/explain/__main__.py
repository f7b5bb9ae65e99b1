"""python -m gan_lab.explain: shows why the Jensen-Shannon divergence is hard to minimise and how WGAN solves this.

Imports torch only to do so.
"""

from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from gan_lab.cli.command import heavy_imports, no_empty_folder, plain_errors, run_command
from gan_lab.cli.conf_dir import CONF_DIR


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="explain")
def run(config: DictConfig) -> None:
    with heavy_imports():
        from gan_lab.explain.run import explain

    plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    command = ["python -m gan_lab.explain", *HydraConfig.get().overrides.task]
    with plain_errors(), no_empty_folder(config.run_dir):
        _, sentences = explain(plain, " ".join(command))
        print("\n".join(sentences))


def main() -> None:
    """Draws the explanations that the command line asks for."""
    run_command(run)


if __name__ == "__main__":
    main()
