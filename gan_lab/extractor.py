"""python -m gan_lab.extractor: trains the feature extractor that metrics look through. Torch is imported
only for that."""

import os
import sys
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from gan_lab.conf_dir import CONF_DIR, register_resolvers
from gan_lab.errors import GanLabError


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="extractor")
def run(config: DictConfig) -> None:
    from gan_lab.metric.extractor.command import train_extractor

    plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    command = ["python -m gan_lab.extractor", *HydraConfig.get().overrides.task]
    report = train_extractor(plain, " ".join(command))
    print(f"sha256 {report['sha256']}, accuracy on test images {report['accuracy']['test']:.4f}")


def main() -> None:
    """The entry point. A user's mistake becomes one sentence and a non-zero exit status; a bug keeps its
    traceback."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra hands errors over instead of printing them
    register_resolvers()
    try:
        run()
    except (GanLabError, HydraException, OmegaConfBaseException) as error:
        sys.exit(f"gan_lab: {error}")


if __name__ == "__main__":
    main()
