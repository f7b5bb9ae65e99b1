"""The configuration of a command line, for benchmarks that build its parts themselves."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf, open_dict

from gan_lab.cli.conf_dir import CONF_DIR


def composed(*overrides: str) -> dict[str, Any]:
    """Data, model and sampler of `python -m gan_lab OVERRIDES`."""
    (config,) = configurations([overrides])
    return {part: config[part] for part in ("data", "model", "sampler")}


def configurations(lines: Iterable[Iterable[str]]) -> Iterator[dict[str, Any]]:
    """All of `python -m gan_lab LINE`, line after line."""
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        for overrides in lines:
            config = compose("config", [*overrides, "hydra.runtime.output_dir=unused"], return_hydra_config=True)
            HydraConfig.instance().set_config(config)
            with open_dict(config):
                del config["hydra"]
            yield cast(dict[str, Any], OmegaConf.to_container(config, resolve=True))
