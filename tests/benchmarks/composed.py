"""The configuration of a command line, for benchmarks that build its parts themselves."""

from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from gan_lab.conf_dir import CONF_DIR


def composed(*overrides: str) -> dict[str, Any]:
    """Data, model and sampler of `python -m gan_lab OVERRIDES`."""
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("config", [*overrides, "hydra.runtime.output_dir=unused"], return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        return {part: OmegaConf.to_container(config[part], resolve=True) for part in ("data", "model", "sampler")}
