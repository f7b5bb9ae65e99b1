"""Parts of a composed configuration as plain values. Imports no torch."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf


def plain(value: Any) -> Any:
    """Returns a part of the configuration as dictionaries and lists."""
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


@contextmanager
def as_hydra_config(config: DictConfig) -> Iterator[None]:
    """Lets `${hydra:...}` mean this configuration's own part meanwhile."""
    instance = HydraConfig.instance()
    before = instance.cfg
    instance.cfg = config  # type: ignore[assignment]  # set_config would copy it
    try:
        yield
    finally:
        instance.cfg = before
